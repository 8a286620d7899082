//! Does nothing but wait or fail: for drills, fault tests and measurements. No request enqueues one.

use std::time::Duration;

use schema::operate::job::model::Claimed;
use schema::operate::job::service;
use serde::Deserialize;
use serde_json::json;

use super::{Ctx, JobError, payload};

/// How a probe fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fail {
    /// As by an outage.
    Retry,
    /// For good.
    GiveUp,
    /// By a bug.
    Panic,
    /// With its whole process.
    Abort,
}

#[derive(Debug, Deserialize)]
struct Payload {
    /// Waits this long, leaving the thread to others.
    #[serde(default)]
    sleep_ms: u64,
    /// Waits this long, keeping the thread.
    #[serde(default)]
    block_ms: u64,
    /// Fails after waiting.
    fail: Option<Fail>,
    /// Fails up to this run only; for ever when absent.
    until: Option<i32>,
    /// Is written to the job's report before waiting, with the run and the instant of its start.
    marker: Option<String>,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let wanted: Payload = payload(job)?;
    if let Some(marker) = &wanted.marker {
        let started = ctx.app.clock.now();
        let report = json!({ "marker": marker, "attempt": job.attempt, "started": started });
        let mut conn = ctx.app.pool.get().await?;
        service::report(&mut conn, job, &report).await?;
    }
    if wanted.sleep_ms > 0 {
        // To the microsecond: the timer of tokio would make two milliseconds of one.
        futures_timer::Delay::new(Duration::from_millis(wanted.sleep_ms)).await;
    }
    if wanted.block_ms > 0 {
        std::thread::sleep(Duration::from_millis(wanted.block_ms));
    }
    match wanted.fail.filter(|_| wanted.until.is_none_or(|until| job.attempt <= until)) {
        None => Ok(()),
        Some(Fail::Retry) => {
            Err(JobError::Retry(anyhow::anyhow!("probe failed, run {}", job.attempt)))
        }
        Some(Fail::GiveUp) => Err(JobError::GiveUp("probe gave up".into())),
        #[allow(clippy::panic)] // what the drill is about
        Some(Fail::Panic) => panic!("probe panicked, run {}", job.attempt),
        Some(Fail::Abort) => std::process::abort(),
    }
}
