//! The use cases of testimonies: tell, publish, reject, read.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::model::{
    Channel, EventKind, Experience, NewTestimony, Sentiment, Testimony, TestimonyFilter,
    TestimonyStatus,
};
use super::rules;
pub use super::store::TestimonyOrder;
use super::store::{self, Decision};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::{Conn, Pool};
use crate::foundation::error::{Error, Refusal, Refuse, Result};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Action;
use crate::foundation::{audit, calendar, text};
use crate::operate::job::{self, JobKind, NewJob};
use crate::operate::throttle;
use crate::reference::structure::model::Structure;
use crate::reference::{account, structure};

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

/// Makes a testimony public: listeners are told, and managers soon.
///
/// # Errors
/// `WRONG_STATE` when it does not wait for moderation; [`Error::NotFound`] when there is none.
pub async fn publish(app: &App, caller: &Caller, id: i64) -> Result<Testimony> {
    caller.actor.scope(Action::ModerateTestimonies)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        lock_moderable(conn, caller, id).await?;
        let decision = Decision {
            status: TestimonyStatus::Published,
            moderator: caller.actor.account_id(),
            reason: None,
            at: now,
            published_on: Some(calendar::day_in_paris(now)),
        };
        let row = store::decide(conn, id, &decision).await?;
        record(conn, now, caller, "testimony.publish", &row).await?;
        announce(conn, now, caller, EventKind::Published, row.id).await?;
        alert_managers(conn, app, caller, &row).await?;
        Ok(row)
    })
    .await
}

/// Refuses a testimony, with the reason.
///
/// # Errors
/// As [`publish`], and refusals about the reason.
pub async fn reject(app: &App, caller: &Caller, id: i64, reason: &str) -> Result<Testimony> {
    caller.actor.scope(Action::ModerateTestimonies)?;
    let reason = text::required(reason, rules::REASON_LENGTH, true, &["reason"])?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        lock_moderable(conn, caller, id).await?;
        let decision = Decision {
            status: TestimonyStatus::Rejected,
            moderator: caller.actor.account_id(),
            reason: Some(reason),
            at: now,
            published_on: None,
        };
        let row = store::decide(conn, id, &decision).await?;
        record(conn, now, caller, "testimony.reject", &row).await?;
        Ok(row)
    })
    .await
}

/// Locks a testimony that the caller may decide on. Moderators reach every structure; their tokens do not.
async fn lock_moderable(conn: &mut Conn, caller: &Caller, id: i64) -> Result<()> {
    let row = store::lock(conn, id).await?.ok_or(Error::NotFound)?;
    let about = structure::service::find(conn, row.structure_id).await?;
    let path = about.map(|structure| structure.path).unwrap_or_default();
    caller.actor.authorise(Action::ModerateTestimonies, &path)?;
    Ok(rules::moderable(row.status)?)
}

async fn record(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    action: &str,
    row: &Testimony,
) -> Result<()> {
    let subject = format!("testimony:{}", row.id);
    Ok(audit::record(conn, now, caller, action, &subject, Some(row.structure_id)).await?)
}

/// Leaves a job that tells live listeners, in the same commit as the change.
async fn announce(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    kind: EventKind,
    id: i64,
) -> Result<()> {
    let job = NewJob::new(JobKind::BroadcastEvent, json!({ "kind": kind, "testimony": id }))
        .unique(format!("broadcast:{kind}:{id}"))
        .request(&caller.request_id);
    job::enqueue(conn, now, job).await?;
    Ok(())
}

/// Leaves a gathering job for each manager concerned: it waits for more testimonies, but not for long.
async fn alert_managers(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    row: &Testimony,
) -> Result<()> {
    let now = app.clock.now();
    let Some(about) = structure::service::find(conn, row.structure_id).await? else {
        return Ok(());
    };
    for manager in account::service::alerted(conn, &about.path).await? {
        let key = format!("testimony-alert:{}", manager.account_id);
        let job = NewJob::new(JobKind::AlertTestimonies, json!({ "account": manager.account_id }))
            .debounced(key, now + app.settings.alert_quiet, app.settings.alert_cap)
            .request(&caller.request_id);
        job::enqueue(conn, now, job).await?;
    }
    Ok(())
}

/// One page of testimonies, as far as the caller may see.
///
/// # Errors
/// Internal, or a cursor that cannot be read.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &TestimonyFilter,
    order: TestimonyOrder,
    page: &Page,
) -> Result<Slice<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    store::list(&mut *app.pool.get().await?, &scope, filter, order, page).await
}

/// How many testimonies a filter keeps, as far as the caller may see.
///
/// # Errors
/// Internal only.
pub async fn count(app: &App, caller: &Caller, filter: &TestimonyFilter) -> Result<i64> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::count(&mut *app.pool.get().await?, &scope, filter).await?)
}

/// A testimony by id; `None` when there is none or the caller may not see it.
///
/// # Errors
/// Internal only.
pub async fn by_id(app: &App, caller: &Caller, id: i64) -> Result<Option<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::by_id(&mut *app.pool.get().await?, &scope, id).await?)
}

/// Those of these testimonies that the caller may see.
///
/// # Errors
/// Internal only.
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::by_ids(&mut *app.pool.get().await?, &scope, ids).await?)
}

/// A testimony by its public number; `None` as for [`by_id`].
///
/// # Errors
/// Internal only.
pub async fn by_number(app: &App, caller: &Caller, number: i64) -> Result<Option<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::by_number(&mut *app.pool.get().await?, &scope, number).await?)
}

/// Those of these testimonies that a listener of one kind of event may be told.
///
/// # Errors
/// Internal only.
pub async fn told(
    app: &App,
    caller: &Caller,
    kind: EventKind,
    filter: &TestimonyFilter,
    ids: &[i64],
) -> Result<Vec<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    let within = kind == EventKind::Submitted;
    Ok(store::among(&mut *app.pool.get().await?, &scope, within, filter, ids).await?)
}

/// The experiences of some testimonies. Visibility was decided when the testimonies were read.
///
/// # Errors
/// Internal only.
pub async fn experiences(pool: &Pool, ids: &[i64]) -> Result<Vec<Experience>> {
    Ok(store::experiences(&mut *pool.get().await?, ids).await?)
}
