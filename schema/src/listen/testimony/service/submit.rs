//! Somebody tells.

use diesel_async::AsyncConnection;

use super::{announce, record};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::{Error, Refusal, Refuse, Result};
use crate::foundation::policy::Action;
use crate::listen::testimony::model::{
    Channel, EventKind, Experience, NewTestimony, Sentiment, Testimony, TestimonyStatus,
};
use crate::listen::testimony::{rules, store};
use crate::operate::throttle;
use crate::reference::structure;
use crate::reference::structure::model::Structure;

/// A testimony as its author sends it.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Code or global id of the structure.
    pub structure: String,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Pseudonym.
    pub pseudonym: String,
    /// What was felt on each channel.
    pub experiences: Vec<(Channel, Sentiment)>,
    /// Address for follow-up, never shown.
    pub email: Option<String>,
}

/// Takes a testimony in: it waits for moderation.
///
/// # Errors
/// Every fault of the input at once, as refusals.
pub async fn submit(app: &App, caller: &Caller, input: Submission) -> Result<Testimony> {
    caller.actor.scope(Action::TakePart)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    throttle::submission(&mut conn, app, caller).await?;
    conn.transaction(async |conn| {
        let (structure, words) = check(conn, app, &input).await?;
        let row = store::insert(
            conn,
            &NewTestimony {
                structure_id: structure.id,
                title: words.title,
                body: words.body,
                pseudonym: words.pseudonym,
                status: TestimonyStatus::InModeration,
                submitted_at: now,
                updated_at: now,
            },
        )
        .await?;
        let told = experience_rows(row.id, structure.id, &input.experiences);
        store::insert_experiences(conn, &told).await?;
        if let Some(email) = &words.email {
            store::insert_contact(conn, row.id, email, now).await?;
        }
        record(conn, now, caller, "testimony.submit", &row).await?;
        announce(conn, now, caller, EventKind::Submitted, row.id).await?;
        Ok(row)
    })
    .await
}

/// Gathers the faults of every part of the input.
async fn check(
    conn: &mut Conn,
    app: &App,
    input: &Submission,
) -> Result<(Structure, rules::Words)> {
    let mut faults: Vec<Refusal> = Vec::new();
    let found = match structure::service::resolve(conn, &input.structure).await {
        Ok(structure) => match rules::open(&structure, app.clock.today()) {
            Ok(()) => Some(structure),
            Err(fault) => {
                faults.push(fault.refusal());
                None
            }
        },
        Err(Error::Refused(refusals)) => {
            faults.extend(refusals);
            None
        }
        Err(other) => return Err(other),
    };
    let words = rules::words(&input.title, &input.body, &input.pseudonym, input.email.as_deref());
    if let Err(refusals) = &words {
        faults.extend(refusals.iter().cloned());
    }
    if let Err(fault) = rules::experiences(&input.experiences) {
        faults.push(fault.refusal());
    }
    match (found, words) {
        (Some(structure), Ok(words)) if faults.is_empty() => Ok((structure, words)),
        _ => Err(Error::Refused(faults)),
    }
}

/// Rows for the channels told of, in the author's order.
fn experience_rows(
    testimony_id: i64,
    structure_id: i64,
    told: &[(Channel, Sentiment)],
) -> Vec<Experience> {
    (0_i16..)
        .zip(told)
        .map(|(position, (channel, sentiment))| Experience {
            testimony_id,
            position,
            channel: *channel,
            sentiment: Some(*sentiment),
            structure_id,
            published_on: None,
        })
        .collect()
}
