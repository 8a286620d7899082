//! What a sweep would do at this moment, without doing it.

use serde_json::{Value, json};

use super::model::SCHEDULES;
use crate::foundation::app::App;
use crate::foundation::error::{Error, Result};
use crate::foundation::policy::{Action, Scope};
use crate::measure::written_request::reminder;
use crate::operate::email;
use crate::operate::job::{self, JobKind};
use crate::operate::throttle;
use crate::prioritise::committee;
use crate::reference::{account, api_token, federation};

/// Most rows that a dry run counts of one sort, and ids that it lists.
const COUNTED: usize = 200_000;
const LISTED: usize = 100;

/// The dry run of a schedule's sweep: counts and ids, as in its report; nothing is changed. For whoever
/// shows a scope of [`Action::ReadOperations`].
///
/// # Errors
/// [`Error::NotFound`] for an unknown name; [`Error::Forbidden`] for another scope.
pub async fn preview(app: &App, scope: &Scope, name: &str) -> Result<Value> {
    scope.of(Action::ReadOperations)?;
    let schedule = SCHEDULES.iter().find(|schedule| schedule.name == name);
    let now = app.clock.now();
    match schedule.ok_or(Error::NotFound)?.kind {
        JobKind::RemindWrittenRequests => {
            let found = reminder::preview(app, now).await?;
            let managers: Vec<Value> = found
                .managers
                .iter()
                .take(LISTED)
                .map(|manager| {
                    json!({
                        "account": manager.account_id,
                        "approaching": manager.approaching,
                        "overdue": manager.overdue,
                    })
                })
                .collect();
            Ok(json!({
                "day": found.day,
                "due": found.due,
                "managers": found.managers.len(),
                "first_managers": managers,
                "capped": found.capped,
            }))
        }
        JobKind::PurgeCommittees => {
            let mut conn = app.pool.get().await?;
            Ok(json!(committee::purge::preview(&mut conn, now, LISTED).await?))
        }
        JobKind::RemindApiTokens => {
            let found = api_token::notice::preview(app, now).await?;
            Ok(json!({
                "day": found.departure.day,
                "notices": found.notices.len(),
                "first_notices": found.notices.iter().take(LISTED).collect::<Vec<_>>(),
                "capped": found.capped,
            }))
        }
        JobKind::PurgeOperations => {
            let mut conn = app.pool.get().await?;
            let mails = email::service::count_forsaken(&mut conn, now).await?;
            let jobs = job::service::forget_finished(&mut conn, now, COUNTED, true).await?;
            let sessions = account::purge::ended_sessions(&mut conn, now).await?;
            let tokens = api_token::purge::ended_tokens(&mut conn, now).await?;
            let log_ins = federation::purge::stale_log_ins(&mut conn, now).await?;
            let attempts = throttle::purge::forgiven_attempts(&mut conn, now).await?;
            Ok(json!({
                "jobs": jobs,
                "sessions": sessions,
                "api_tokens": tokens,
                "log_ins": log_ins,
                "attempts": attempts,
                "mails": mails,
            }))
        }
        _ => Err(Error::NotFound),
    }
}
