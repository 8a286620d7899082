//! Ticking, and telling where the schedules stand.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::QueryResult;
use diesel_async::AsyncConnection;
use serde_json::json;

use super::model::{SCHEDULES, Schedule, Standing};
use super::{rules, store};
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::policy::{Action, Scope};
use crate::operate::job::{self, NewJob};

/// Enqueues the jobs of every tick that has come, and says how many. Any number of workers may call
/// it at once and as often as they like.
///
/// # Errors
/// When PostgreSQL refuses; the ticks stay due.
pub async fn tick(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    let known: HashMap<String, DateTime<Utc>> = store::all(conn).await?.into_iter().collect();
    let mut enqueued = 0;
    for schedule in SCHEDULES {
        // A look without lock first: most calls find nothing to do.
        let due = known
            .get(schedule.name)
            .is_none_or(|last| !rules::ticks(schedule.cron, *last, now).is_empty());
        if due {
            enqueued += conn.transaction(async |conn| tick_one(conn, now, schedule).await).await?;
        }
    }
    Ok(enqueued)
}

async fn tick_one(conn: &mut Conn, now: DateTime<Utc>, schedule: &Schedule) -> QueryResult<usize> {
    store::begin(conn, schedule.name, rules::beginning(schedule, now)).await?;
    let last = store::lock(conn, schedule.name).await?;
    let ticks = rules::ticks(schedule.cron, last, now);
    let Some(latest) = ticks.last() else { return Ok(0) };
    let jobs: Vec<NewJob> =
        rules::caught_up(schedule.missed, &ticks).iter().map(|at| job_of(schedule, *at)).collect();
    let enqueued = job::enqueue_many(conn, now, jobs).await?;
    store::advance(conn, schedule.name, *latest).await?;
    Ok(enqueued)
}

/// The job of one tick. Its key makes it the only one, whoever ticks.
fn job_of(schedule: &Schedule, planned: DateTime<Utc>) -> NewJob {
    NewJob::new(schedule.kind, json!({ "planned": written(planned) }))
        .unique(key(schedule, planned))
}

fn key(schedule: &Schedule, planned: DateTime<Utc>) -> String {
    format!("schedule:{}:{}", schedule.name, written(planned))
}

fn written(planned: DateTime<Utc>) -> String {
    planned.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Where every schedule stands, for whoever shows a scope of [`Action::ReadOperations`].
///
/// # Errors
/// `Forbidden` for another scope.
pub async fn standings(app: &App, scope: &Scope) -> Result<Vec<Standing>> {
    scope.of(Action::ReadOperations)?;
    let mut conn = app.pool.get().await?;
    Ok(all(&mut conn, app.clock.now()).await?)
}

/// Where every schedule stands, without asking who asks: for the watch and for metrics.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn all(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Vec<Standing>> {
    let known: HashMap<String, DateTime<Utc>> = store::all(conn).await?.into_iter().collect();
    let reached = |schedule: &Schedule| known.get(schedule.name).copied();
    let keys: Vec<String> = SCHEDULES
        .iter()
        .filter_map(|schedule| reached(schedule).map(|planned| key(schedule, planned)))
        .collect();
    let mut runs = job::service::by_keys(conn, &keys).await?;
    Ok(SCHEDULES
        .iter()
        .map(|schedule| {
            let reached = reached(schedule);
            // What is due already counts as next: it will be enqueued within seconds.
            let next = rules::next(schedule.cron, reached.unwrap_or(now));
            let key = reached.map(|planned| key(schedule, planned));
            let run = runs.iter().position(|job| key.is_some() && job.unique_key == key);
            let last_run = run.map(|place| runs.swap_remove(place));
            // One that begins with its next tick starts out from a tick that was never a job.
            let last = reached.filter(|_| last_run.is_some());
            Standing { schedule: *schedule, reached, last, next, last_run }
        })
        .collect())
}
