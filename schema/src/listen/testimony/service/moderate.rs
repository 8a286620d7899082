//! A moderator decides.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::{announce, record};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::{Error, Result};
use crate::foundation::policy::Action;
use crate::foundation::{calendar, text};
use crate::listen::testimony::model::{EventKind, Testimony, TestimonyStatus};
use crate::listen::testimony::rules;
use crate::listen::testimony::store::{self, Decision};
use crate::operate::job::{self, JobKind, NewJob};
use crate::reference::{account, structure};

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
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        lock_moderable(conn, caller, id).await?;
        // Only now: whoever may not decide on this one is told that, and not what is wrong with the reason.
        let reason = text::required(reason, rules::REASON_LENGTH, true, &["reason"])?;
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
