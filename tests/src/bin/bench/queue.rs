//! The queue: from the commit of a job to the first line of its handler, and no-op jobs per second,
//! with one real worker process.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use schema::foundation::clock::Clock;
use schema::operate::job::{self, JobKind, NewJob};
use serde_json::json;
use tests::database::{Database, uuid};
use tests::process::Process;

use crate::figure::{Figure, grouped};
use crate::{connect, fill};

const AREA: &str = "queue";
/// Jobs whose way is timed, and those before them that warm everything up.
const TIMED: usize = 500;
const WARM_UP: usize = 50;
/// Between two of them: each finds the worker waiting, as in life.
const GAP: Duration = Duration::from_millis(10);
const NO_OPS: usize = 20_000;
/// What is wanted of us.
const LIMIT_MS: f64 = 10.0;
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures both.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let redis =
        std::env::var("REDIS_URL").context("REDIS_URL is not set: ./dev bench starts a Redis")?;
    let database = Database::new().await?;
    let mails = Folder::new();
    let mail = mails.as_mail();
    // A Redis that others use must not hear of it.
    let stream = format!("spp:bench:{}", uuid());
    let environment = [
        ("DATABASE_URL", database.url.as_str()),
        ("REDIS_URL", &redis),
        ("SPP_EVENT_STREAM", &stream),
        ("SPP_MAIL", &mail),
    ];
    let worker = Process::start("worker", &environment).await;
    let mut conn = connect(&database.url).await?;
    let waits = latency(&mut conn).await?;
    let throughput = throughput(&mut conn).await?;
    drop(worker);
    Ok(vec![waits, throughput])
}

async fn latency(conn: &mut AsyncPgConnection) -> anyhow::Result<Figure> {
    let clock = Clock::system();
    let bar = fill::bar("jobs, one by one", WARM_UP + TIMED);
    for number in 0..WARM_UP + TIMED {
        let marker = if number < WARM_UP { "warm-up" } else { "timed" };
        conn.transaction(async |conn| {
            // The handler writes the instant of its start into the report of a job with a marker.
            let job = NewJob::new(JobKind::Probe, json!({ "marker": marker }));
            job::enqueue(conn, clock.now(), job).await
        })
        .await?;
        bar.inc(1);
        tokio::time::sleep(GAP).await;
    }
    bar.finish_and_clear();
    until_done(conn).await?;
    let waits = waits(conn, TIMED).await?;
    let shown = format!("p50 {:.1} ms, p99 {:.1} ms", waits.p50, waits.p99);
    let what = format!("enqueue → start of the handler, {TIMED} jobs, p99");
    Ok(Figure::new(AREA, what, shown).under(LIMIT_MS, "ms", waits.p99))
}

/// How long jobs waited from before their commit to the first line of their handler, in milliseconds.
#[derive(diesel::QueryableByName)]
pub(crate) struct Waits {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    jobs: i64,
    #[diesel(sql_type = diesel::sql_types::Double)]
    pub(crate) p50: f64,
    #[diesel(sql_type = diesel::sql_types::Double)]
    pub(crate) p99: f64,
}

/// The waits of the jobs marked « timed », of which there must be so many.
pub(crate) async fn waits(conn: &mut AsyncPgConnection, timed: usize) -> anyhow::Result<Waits> {
    let waits: Waits = diesel::sql_query(
        "select count(*) as jobs, percentile_disc(0.5) within group (order by wait) as p50,
            percentile_disc(0.99) within group (order by wait) as p99
         from (
            select (extract(epoch from (report ->> 'started')::timestamptz - created_at) * 1000)::float8 as wait
            from job where report ->> 'marker' = 'timed') waits",
    )
    .get_result(conn)
    .await?;
    ensure!(
        waits.jobs == i64::try_from(timed)?,
        "only {} of {timed} jobs tell their start",
        waits.jobs
    );
    Ok(waits)
}

async fn throughput(conn: &mut AsyncPgConnection) -> anyhow::Result<Figure> {
    let now = Clock::system().now();
    let jobs = (0..NO_OPS).map(|_| NewJob::new(JobKind::Probe, json!({})));
    let new = conn.transaction(async |conn| job::enqueue_many(conn, now, jobs).await).await?;
    ensure!(new == NO_OPS, "only {new} of {NO_OPS} jobs were enqueued");
    until_done(conn).await?;
    #[derive(diesel::QueryableByName)]
    struct Took {
        #[diesel(sql_type = diesel::sql_types::Double)]
        seconds: f64,
    }
    let took: Took = diesel::sql_query(
        "select extract(epoch from max(finished_at) - min(started_at))::float8 as seconds
         from job where payload = '{}'",
    )
    .get_result(conn)
    .await?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let per_second = NO_OPS as f64 / took.seconds;
    let what = format!("{} no-op jobs, one worker", grouped(20_000.0));
    Ok(Figure::new(AREA, what, format!("{} jobs/s", grouped(per_second))))
}

/// Waits until every probe is done; none may fail.
async fn until_done(conn: &mut AsyncPgConnection) -> anyhow::Result<()> {
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        open: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        failed: i64,
    }
    let until = Instant::now() + PATIENCE;
    loop {
        let left: Left = diesel::sql_query(
            "select count(*) filter (where state in ('READY', 'RUNNING')) as open,
                count(*) filter (where state in ('DEAD', 'CANCELLED')) as failed
             from job where kind = 'PROBE' and state <> 'DONE'",
        )
        .get_result(conn)
        .await?;
        ensure!(left.failed == 0, "{} jobs failed", left.failed);
        if left.open == 0 {
            return Ok(());
        }
        ensure!(
            Instant::now() < until,
            "{} jobs are not done after {} s",
            left.open,
            PATIENCE.as_secs()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A folder that goes with the measure.
pub(crate) struct Folder(std::path::PathBuf);

impl Folder {
    /// One that nobody else has; whoever writes into it makes it.
    pub(crate) fn new() -> Self {
        Self(std::env::temp_dir().join(format!("spp-bench-{}", uuid())))
    }

    /// As `SPP_MAIL` names it.
    pub(crate) fn as_mail(&self) -> String {
        format!("dir:{}", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
