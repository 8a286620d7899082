//! Claims due jobs of one queue whenever there is room for them, and gives back those that were claimed in vain.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use schema::foundation::database::Conn;
use schema::operate::job::model::Outcome;
use schema::operate::job::rules::is_suspect;
use schema::operate::job::service;

use super::{Assigned, Engine, Line, PATIENCE};
use crate::crash::{self, Point};

/// The safety net: a look without any sign. A commit wakes the pump within milliseconds; this finds
/// jobs whose hour has come, and those whose sign was lost.
const SLOW_POLL: Duration = Duration::from_secs(1);
/// Jobs per claim.
const BATCH: usize = 200;
/// The answer to a claim that was longer in coming may speak of leases that ran out on its way: its jobs are given back.
const LATE: Duration = Duration::from_secs(4);

pub(super) async fn run(engine: Arc<Engine>, line: Arc<Line>) {
    // A claim is never abandoned half-way: its jobs would wait for their lease to run out.
    while let Some(mut conn) = engine.connect("claims", &engine.draining).await {
        while !engine.draining.is_cancelled() {
            give_back(&engine, &line, line.take_stale());
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
    give_back(&engine, &line, line.take_back());
}

fn give_back(engine: &Engine, line: &Line, jobs: Vec<Assigned>) {
    for assigned in jobs {
        engine.answer(&assigned.job, Outcome::GivenBack);
        line.release();
    }
}

async fn fill(engine: &Engine, line: &Arc<Line>, conn: &mut Conn) -> anyhow::Result<()> {
    while !engine.draining.is_cancelled() {
        // Set before looking at the room: what comes free in between then wakes us.
        line.more.store(true, Ordering::SeqCst);
        let wanted = line.wanted().min(BATCH);
        if wanted == 0 {
            return Ok(());
        }
        let limit = i64::try_from(wanted)?;
        crash::reach(Point::BeforeClaim);
        let (now, asked) = (engine.clock.now(), Instant::now());
        let asks = engine.may_suspect();
        let claim = service::claim(conn, line.queue, now, limit, asks.into(), &engine.name);
        let claimed = tokio::time::timeout(PATIENCE, claim).await;
        if asks {
            // What a claim without an answer took is nobody's here: its lease runs out.
            let found = claimed.iter().flatten().flatten().find(|job| is_suspect(job));
            engine.suspect(found.map(|job| job.id), line);
        }
        let jobs = claimed??;
        let found = jobs.len();
        if found > 0 {
            crash::reach(Point::AfterClaim);
        }
        let since = Instant::now();
        let late = asked.elapsed() > LATE;
        for job in jobs {
            let lost = engine.hold(&job);
            if late {
                engine.answer(&job, Outcome::GivenBack);
            } else {
                line.push(job, lost, since);
            }
        }
        if found < wanted {
            line.more.store(false, Ordering::SeqCst);
            return Ok(());
        }
    }
    Ok(())
}
