//! A letter or e-mail comes in.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel_async::AsyncConnection;

use super::{Error, enqueue_acknowledgement, record};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::{Error as Outcome, Refusal, Refuse, Result};
use crate::foundation::policy::Action;
use crate::measure::written_request::model::{Medium, WrittenRequest};
use crate::measure::written_request::reminder;
use crate::measure::written_request::rules::{Draft, Entry, REFERENCE_WIDTHS, next_reference};
use crate::measure::written_request::store;
use crate::reference::structure;
use crate::reference::structure::model::Structure;

/// A request as an agent registers it.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Code or global id of the structure that keeps it.
    pub structure: String,
    /// « Identifiant »; `AAAA-NNNNN` when absent or empty.
    pub reference: Option<String>,
    /// Letter or e-mail.
    pub medium: Medium,
    /// What it is about.
    pub subject: String,
    /// Who wrote.
    pub sender_name: String,
    /// Where an e-mail reaches the sender.
    pub sender_email: Option<String>,
    /// Where a letter reaches the sender.
    pub sender_address: Option<String>,
    /// Day of reception.
    pub received_on: NaiveDate,
    /// Day on which an acknowledgement of receipt left.
    pub acknowledged_on: Option<NaiveDate>,
    /// Whether to acknowledge it by e-mail now.
    pub acknowledge_by_email: bool,
}

/// Takes a request in, and acknowledges it by e-mail when asked to.
///
/// # Errors
/// Every fault of the input at once, as refusals; [`Outcome::NotFound`] for another's structure.
pub async fn register(app: &App, caller: &Caller, input: Registration) -> Result<WrittenRequest> {
    caller.actor.scope(Action::KeepWrittenRequests)?;
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let (structure, mut entry) = check(conn, caller, &input, today).await?;
        if input.acknowledge_by_email {
            entry.acknowledged_on = Some(today);
        }
        let request = match entry.reference.clone() {
            None => insert_numbered(conn, structure.id, &entry, now).await?,
            Some(reference) => {
                let row = entry.into_row(structure.id, reference.clone(), now);
                let inserted = store::insert(conn, &row).await?;
                inserted.ok_or(Error::DuplicateReference(reference))?
            }
        };
        record(conn, now, caller, "written_request.register", &request).await?;
        if input.acknowledge_by_email {
            enqueue_acknowledgement(conn, now, caller, request.id).await?;
        }
        reminder::registered(conn, app, caller, &request).await?;
        Ok(request)
    })
    .await
}

/// Gathers the faults of every part of the input.
async fn check(
    conn: &mut Conn,
    caller: &Caller,
    input: &Registration,
    today: NaiveDate,
) -> Result<(Structure, Entry)> {
    let mut faults: Vec<Refusal> = Vec::new();
    let structure = match structure::service::resolve(conn, &input.structure).await {
        Ok(structure) => {
            caller.actor.authorise(Action::KeepWrittenRequests, &structure.path)?;
            Some(structure)
        }
        Err(Outcome::Refused(refusals)) => {
            faults.extend(refusals);
            None
        }
        Err(other) => return Err(other),
    };
    let draft = Draft {
        reference: input.reference.as_deref(),
        medium: input.medium,
        subject: &input.subject,
        sender_name: &input.sender_name,
        sender_email: input.sender_email.as_deref(),
        sender_address: input.sender_address.as_deref(),
        received_on: input.received_on,
        acknowledged_on: input.acknowledged_on,
        answered_on: None,
        answer_nature: None,
    };
    if input.acknowledge_by_email {
        if input.sender_email.as_deref().is_none_or(|email| email.trim().is_empty()) {
            faults.push(Error::SenderAddressMissing("senderEmail").refusal());
        }
        if input.acknowledged_on.is_some_and(|on| on != today) {
            faults.push(Error::AcknowledgedAnotherDay.refusal());
        }
    }
    match (structure, Entry::check(&draft, today)) {
        (Some(structure), Ok(entry)) if faults.is_empty() => Ok((structure, entry)),
        (_, entry) => {
            faults.extend(entry.err().unwrap_or_default());
            Err(Outcome::Refused(faults))
        }
    }
}

/// Inserts a request under the next free reference of its structure and year.
async fn insert_numbered(
    conn: &mut Conn,
    structure_id: i64,
    entry: &Entry,
    now: DateTime<Utc>,
) -> Result<WrittenRequest> {
    /// Somebody may type the very number at the very moment; so often in a row, nobody does.
    const TRIES: usize = 10;
    let year = entry.received_on.year();
    store::lock_references(conn, structure_id, year).await?;
    for _ in 0..TRIES {
        let reference = next_free(conn, structure_id, year).await?;
        let row = entry.clone().into_row(structure_id, reference, now);
        if let Some(request) = store::insert(conn, &row).await? {
            return Ok(request);
        }
    }
    Err(anyhow::anyhow!("no free reference after {TRIES} tries").into())
}

async fn next_free(conn: &mut Conn, structure_id: i64, year: i32) -> Result<String> {
    for width in REFERENCE_WIDTHS {
        let highest = store::highest_reference(conn, structure_id, year, width).await?;
        if let Some(next) = next_reference(year, width, highest.as_deref()) {
            return Ok(next);
        }
    }
    Err(anyhow::anyhow!("the year {year} has no reference left").into())
}
