//! Forgets attempts that count no more, sessions and API tokens that ended, log-ins that came to nothing, and finished
//! jobs; settles messages whose job is over.

use schema::operate::email::service::settle_forsaken;
use schema::operate::job::model::Claimed;
use schema::operate::job::service;
use schema::operate::throttle::purge::forget_attempts;
use schema::reference::account::purge::forget_sessions;
use schema::reference::api_token::purge::forget_tokens;
use schema::reference::federation::purge::forget_log_ins;
use serde_json::json;

use super::{Ctx, JobError};

/// Rows forgotten in one run; the next day's run goes on.
const CAP: usize = 200_000;

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let now = ctx.app.clock.now();
    let mut conn = ctx.app.pool.get().await?;
    // All of them: they are promised to go within a day, and whoever makes them may make many.
    let attempts = forget_attempts(&mut conn, now).await?;
    // Before their jobs are forgotten.
    let mails = settle_forsaken(&mut conn, now).await?;
    let sessions = forget_sessions(&mut conn, now, CAP).await?;
    let tokens = forget_tokens(&mut conn, now, CAP).await?;
    let log_ins = forget_log_ins(&mut conn, now, CAP).await?;
    // All of them, too: a queue that does more in a day than is forgotten in a night would grow for ever. Last, because
    // many take long.
    let jobs = service::forget_finished(&mut conn, now, usize::MAX, false).await?;
    let report = json!({ "jobs": jobs, "sessions": sessions, "api_tokens": tokens, "log_ins": log_ins, "attempts": attempts, "mails": mails });
    service::report(&mut conn, job, &report).await?;
    Ok(())
}
