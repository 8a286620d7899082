//! Everything due at one instant: many jobs whose hour comes at once, and one worker with the machine's clock.

use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::TimeDelta;
use diesel::sql_types::{BigInt, Double};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use schema::foundation::clock::Clock;
use schema::operate::job::{self, JobKind, NewJob};
use serde_json::json;

/// Between two looks at what is left.
const LOOK: Duration = Duration::from_millis(500);

/// What became of it.
#[derive(Debug, Clone, PartialEq, diesel::QueryableByName)]
pub struct Rush {
    /// Jobs that are done.
    #[diesel(sql_type = BigInt)]
    pub done: i64,
    /// Jobs that started before their hour.
    #[diesel(sql_type = BigInt)]
    pub early: i64,
    /// Jobs that started before one enqueued earlier.
    #[diesel(sql_type = BigInt)]
    pub overtaken: i64,
    /// Jobs that ran more than once.
    #[diesel(sql_type = BigInt)]
    pub again: i64,
    /// From the hour to the first start, in seconds.
    #[diesel(sql_type = Double)]
    pub first: f64,
    /// From the hour to the last end, in seconds.
    #[diesel(sql_type = Double)]
    pub drained: f64,
}

/// Enqueues jobs for one instant, `ahead` from now, and waits until all are done, at most `patience` after that
/// instant. The database must have a worker and no other drills. `progress` is told how many are done.
///
/// # Errors
/// When enqueuing takes longer than `ahead`, or PostgreSQL refuses. Jobs that are left are no error: they lack in `done`.
pub async fn run(
    url: &str,
    jobs: usize,
    ahead: Duration,
    patience: Duration,
    progress: impl Fn(u64),
) -> anyhow::Result<Rush> {
    let clock = Clock::system();
    let mut conn = AsyncPgConnection::establish(url).await?;
    let (began, now) = (Instant::now(), clock.now());
    let hour = now + TimeDelta::from_std(ahead)?;
    let all = (0..jobs).map(|_| NewJob::new(JobKind::Probe, json!({})).at(hour));
    let new = conn.transaction(async |conn| job::enqueue_many(conn, now, all).await).await?;
    ensure!(new == jobs, "only {new} of {jobs} jobs were enqueued");
    ensure!(began.elapsed() < ahead, "enqueuing took until after the hour");

    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = BigInt)]
        left: i64,
    }
    while began.elapsed() < ahead + patience {
        let left: Left = diesel::sql_query(
            "select count(*) as left from job where kind = 'PROBE' and state in ('READY', 'RUNNING')",
        )
        .get_result(&mut conn)
        .await?;
        progress((jobs as u64).saturating_sub(u64::try_from(left.left)?));
        if left.left == 0 {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(diesel::sql_query(
        "select count(*) filter (where state = 'DONE') as done,
            count(*) filter (where started_at < run_at) as early,
            count(*) filter (where lease_no = 1 and started_at < before) as overtaken,
            count(*) filter (where attempt > 1) as again,
            coalesce(extract(epoch from min(started_at) - min(run_at)), 0)::float8 as first,
            coalesce(extract(epoch from max(finished_at) - min(run_at)), 0)::float8 as drained
         from (select *, lag(started_at) over (partition by lease_no order by id) as before from job where kind = 'PROBE') job",
    )
    .get_result(&mut conn)
    .await?)
}
