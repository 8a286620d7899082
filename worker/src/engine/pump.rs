//! Claims due jobs of one queue whenever slots are free.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use schema::foundation::database::Conn;
use schema::operate::job::model::Outcome;
use schema::operate::job::service;

use super::{Assigned, Engine, Line, PATIENCE};
use crate::crash::{self, Point};

/// The safety net: a look without any sign. A commit wakes the pump within milliseconds; this finds
/// jobs whose hour has come, and those whose sign was lost.
const SLOW_POLL: Duration = Duration::from_secs(1);
/// Jobs per claim.
const BATCH: usize = 200;

pub(super) async fn run(engine: Arc<Engine>, line: Arc<Line>) {
    // A claim is never abandoned half-way: its jobs would wait for their lease to run out.
    while let Some(mut conn) = engine.connect("claims", &engine.draining).await {
        while !engine.draining.is_cancelled() {
            if let Err(error) = fill(&engine, &line, &mut conn).await {
                tracing::warn!(queue = %line.queue, "claiming failed: {error:#}");
                tokio::time::sleep(Duration::from_millis(200)).await;
                break; // a new connection
            }
            tokio::select! {
                () = engine.draining.cancelled() => {}
                () = line.news.notified() => {}
                () = tokio::time::sleep(SLOW_POLL) => {}
            }
        }
    }
    for assigned in line.take_back() {
        engine.answer(&assigned.job, Outcome::GivenBack);
        line.release();
    }
}

async fn fill(engine: &Engine, line: &Line, conn: &mut Conn) -> anyhow::Result<()> {
    while !engine.draining.is_cancelled() {
        // Set before looking at the slots: one freed in between then wakes us.
        line.more.store(true, Ordering::SeqCst);
        let wanted = line.free().min(BATCH);
        if wanted == 0 {
            return Ok(());
        }
        let limit = i64::try_from(wanted)?;
        crash::reach(Point::BeforeClaim);
        let claim = service::claim(conn, line.queue, engine.clock.now(), limit, &engine.name);
        let jobs = tokio::time::timeout(PATIENCE, claim).await??;
        let found = jobs.len();
        if found > 0 {
            crash::reach(Point::AfterClaim);
        }
        for job in jobs {
            let lost = engine.hold(&job);
            line.push(Assigned { job, lost });
        }
        if found < wanted {
            line.more.store(false, Ordering::SeqCst);
            return Ok(());
        }
    }
    Ok(())
}
