//! Our queue beside two peers on the same PostgreSQL and Redis: jobs per second with one, sixteen and sixty-four in flight in
//! one process. Then our own waits while it is busy, and whether a large table slows it down.

use std::convert::Infallible;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Nullable, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use schema::foundation::clock::Clock;
use schema::operate::job::{self, JobKind, NewJob};
use serde_json::json;
use tests::database::{Database, uuid};
use tests::process::Process;
use tokio::process::Command;

use crate::figure::{Against, Figure, grouped};
use crate::queue::{Folder, waits};
use crate::{connect, fill, median, peer};

const AREA: &str = "throughput";
const ROUNDS: usize = 3;
const IN_FLIGHT: [usize; 3] = [1, 16, 64];
const WORK_MS: [u64; 2] = [0, 1];
/// As `queue_peers.mjs` knows them, and as people do.
const PEERS: [(&str, &str); 2] = [("bullmq", "BullMQ"), ("graphile", "graphile-worker")];
/// With jobs of 1 ms, this many times as many as that peer.
const WANTED_OVER: (&str, f64) = ("BullMQ", 2.0);
/// Jobs that do nothing, a second, with the most in flight.
const WANTED_MOST: f64 = 10_000.0;
/// From a job's commit to its start while the worker is busy.
const WANTED_START_MS: f64 = 20.0;
/// Slots of a worker where it is not said otherwise.
const USUAL: usize = 16;
/// Longest wait for one round.
const PATIENCE: Duration = Duration::from_secs(120);
/// A worker has opened its connections and found nothing to do.
const SETTLED: Duration = Duration::from_millis(700);
/// The steady work in the background, as a share of what one worker can do at most, and how often some of it comes.
const SHARE: f64 = 0.7;
const FEED: Duration = Duration::from_millis(10);
/// Jobs whose way is timed meanwhile, those before them, and the time between two.
const TIMED: usize = 500;
const WARM_UP: usize = 50;
const GAP: Duration = Duration::from_millis(20);

/// Measures all of it.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    installed()?;
    let mut ours = Floor::new().await?;
    let theirs = Database::new().await?;
    let bar = fill::bar("rounds", WORK_MS.len() * IN_FLIGHT.len() * ROUNDS);
    let (mut figures, mut capacity) = (Vec::new(), f64::NAN);
    for work_ms in WORK_MS {
        for in_flight in IN_FLIGHT {
            let jobs = jobs(in_flight);
            let mut own = Vec::new();
            let mut peers: [Vec<f64>; 2] = Default::default();
            let mut versions: [String; 2] = Default::default();
            for _ in 0..ROUNDS {
                own.push(ours.per_second(jobs, in_flight, work_ms).await?);
                for (place, (name, _)) in PEERS.iter().enumerate() {
                    let told = ask(name, &theirs.url, &ours.redis, jobs, in_flight, work_ms);
                    let told = told.await.with_context(|| format!("the peer {name}"))?;
                    peers[place].push(told.per_second);
                    versions[place] = told.version;
                }
                bar.inc(1);
            }
            let own = median(own);
            if (in_flight, work_ms) == (64, 0) {
                let what = "jobs that do nothing, 64 in flight in one process";
                let shown = format!("{} jobs/s", grouped(own.round()));
                let wanted = format!("{} a second", grouped(WANTED_MOST));
                let holds = own >= WANTED_MOST;
                figures.push(
                    Figure::new(AREA, what, shown)
                        .against(Against::Condition { what: wanted, holds }),
                );
            }
            if (in_flight, work_ms) == (USUAL, 1) {
                capacity = own;
            }
            for (place, (_, name)) in PEERS.iter().enumerate() {
                figures.push(beside(
                    in_flight,
                    work_ms,
                    own,
                    name,
                    &versions[place],
                    &peers[place],
                ));
            }
        }
    }
    bar.finish_and_clear();
    figures.push(busy(&mut ours, capacity).await?);
    figures.push(full(&mut ours).await?);
    Ok(figures)
}

/// With one in flight, a round trip each: fewer do.
fn jobs(in_flight: usize) -> usize {
    if in_flight == 1 { 3_000 } else { 20_000 }
}

fn beside(
    in_flight: usize,
    work_ms: u64,
    own: f64,
    name: &str,
    version: &str,
    theirs: &[f64],
) -> Figure {
    let work = if work_ms == 0 { "that do nothing".to_owned() } else { format!("of {work_ms} ms") };
    let peer = median(theirs.to_vec());
    let wanted = (work_ms == 1 && name == WANTED_OVER.0).then_some(WANTED_OVER.1);
    let name = format!("{name} {version}: {} jobs/s", grouped(peer.round()));
    let what = format!("jobs {work}, {in_flight} in flight");
    Figure::new(AREA, what, format!("{} jobs/s", grouped(own.round()))).against(Against::Peer {
        name,
        ratio: own / peer,
        wanted,
    })
}

/// A database, and what a worker on it needs.
struct Floor {
    conn: AsyncPgConnection,
    mails: Folder,
    redis: String,
    stream: String,
    /// Whether jobs that are done stay for the next round.
    keeps: bool,
    database: Database,
}

impl Floor {
    async fn new() -> anyhow::Result<Self> {
        let redis = std::env::var("REDIS_URL")
            .context("REDIS_URL is not set: ./dev bench starts a Redis")?;
        let database = Database::new().await?;
        let mut conn = connect(&database.url).await?;
        // Its looks at the table are many and short.
        conn.batch_execute("set enable_seqscan = off; set enable_bitmapscan = off").await?;
        let stream = format!("spp:bench:{}", uuid());
        Ok(Self { conn, mails: Folder::new(), redis, stream, keeps: false, database })
    }

    async fn worker(&self, slots: usize) -> Process {
        let (mail, slots) = (self.mails.as_mail(), slots.to_string());
        let environment = [
            ("DATABASE_URL", self.database.url.as_str()),
            ("REDIS_URL", &self.redis),
            ("SPP_EVENT_STREAM", &self.stream),
            ("SPP_MAIL", &mail),
            ("SPP_PROBE_SLOTS", &slots),
        ];
        Process::start("worker", &environment).await
    }

    async fn clear(&mut self) -> anyhow::Result<()> {
        if !self.keeps {
            self.conn.batch_execute("truncate job cascade").await?;
        }
        Ok(())
    }

    /// Jobs per second of one worker. As with the peers, all jobs are there before it may begin: their queue is paused,
    /// and time runs from its being resumed to the end of the last job.
    async fn per_second(&mut self, jobs: usize, slots: usize, work_ms: u64) -> anyhow::Result<f64> {
        self.clear().await?;
        self.conn
            .batch_execute(
                "insert into job_pause (queue, paused_at, actor, reason) values ('PROBE', now(), 'bench', 'bench')
                 on conflict do nothing",
            )
            .await?;
        let clock = Clock::system();
        let now = clock.now();
        let payload = if work_ms == 0 { json!({}) } else { json!({ "sleep_ms": work_ms }) };
        let all = (0..jobs).map(|_| NewJob::new(JobKind::Probe, payload.clone()));
        let conn = &mut self.conn;
        let new = conn.transaction(async |conn| job::enqueue_many(conn, now, all).await).await?;
        ensure!(new == jobs, "only {new} of {jobs} jobs were enqueued");
        // As autovacuum would have, had they come one by one.
        conn.batch_execute("vacuum (analyze) job").await?;
        let worker = self.worker(slots).await;
        tokio::time::sleep(SETTLED).await;
        let began = clock.now();
        self.conn.batch_execute("delete from job_pause").await?;
        job::service::wake(&mut self.conn).await?;
        let ended = self.emptied(now).await?;
        drop(worker);
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        let (jobs, seconds) = (jobs as f64, (ended - began).num_microseconds().unwrap_or(0) as f64);
        Ok(jobs * 1e6 / seconds)
    }

    /// Waits until no drill is due, and gives the end of the last one; those enqueued since an instant must be done.
    async fn emptied(&mut self, since: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
        #[derive(diesel::QueryableByName)]
        struct Stand {
            #[diesel(sql_type = Bool)]
            open: bool,
        }
        #[derive(diesel::QueryableByName)]
        struct End {
            #[diesel(sql_type = BigInt)]
            failed: i64,
            #[diesel(sql_type = Nullable<Timestamptz>)]
            last: Option<DateTime<Utc>>,
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let stand: Stand = diesel::sql_query(
                "select exists (select from job where queue = 'PROBE' and priority = 0 and state = 'READY' and run_at <= now())
                    or exists (select from job where queue = 'PROBE' and state = 'RUNNING') as open",
            )
            .get_result(&mut self.conn)
            .await?;
            if !stand.open {
                break;
            }
            ensure!(Instant::now() < until, "jobs are left after {} s", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let end: End = diesel::sql_query(
            "select count(*) filter (where state <> 'DONE' or attempt > 1) as failed, max(finished_at) as last
             from job where queue = 'PROBE' and finished_at >= $1",
        )
        .bind::<Timestamptz, _>(since)
        .get_result(&mut self.conn)
        .await?;
        ensure!(end.failed == 0, "{} jobs failed or ran again", end.failed);
        end.last.context("no job is done")
    }
}

/// From the commit of a single job to the first line of its handler, while the worker is busy with others.
async fn busy(floor: &mut Floor, capacity: f64) -> anyhow::Result<Figure> {
    floor.clear().await?;
    let url = floor.database.url.clone();
    let worker = floor.worker(USUAL).await;
    let (began, now) = (Instant::now(), Clock::system().now());
    let rate = capacity * SHARE;
    tokio::select! {
        fed = feed(&url, rate) => match fed? {},
        timed = one_by_one(&url) => timed?,
    }
    let seconds = began.elapsed().as_secs_f64();
    let ended = floor.emptied(now).await?;
    drop(worker);
    #[derive(diesel::QueryableByName)]
    struct Fed {
        #[diesel(sql_type = BigInt)]
        jobs: i64,
    }
    let fed: Fed = diesel::sql_query("select count(*) as jobs from job where queue = 'PROBE'")
        .get_result(&mut floor.conn)
        .await?;
    let late = (ended - now).num_milliseconds();
    let waits = waits(&mut floor.conn, TIMED).await?;
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // far below 2^52
    let (real, behind) = (fed.jobs as f64 / seconds, late - (seconds * 1000.0) as i64);
    let what = format!(
        "enqueue → start of {TIMED} single jobs amid {} jobs of 1 ms in a second (70 % of the most), p99",
        grouped(real.round())
    );
    let shown = format!(
        "p50 {:.1} ms, p99 {:.1} ms; all done {behind} ms after the last",
        waits.p50, waits.p99
    );
    Ok(Figure::new(AREA, what, shown).under(WANTED_START_MS, "ms", waits.p99))
}

/// Enqueues jobs at a steady rate for ever.
async fn feed(url: &str, rate: f64) -> anyhow::Result<Infallible> {
    let mut conn = connect(url).await?;
    let clock = Clock::system();
    let (began, mut fed) = (Instant::now(), 0);
    loop {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a positive count
        let due = (began.elapsed().as_secs_f64() * rate) as usize;
        let (now, new) = (clock.now(), due.saturating_sub(fed));
        let some = (0..new).map(|_| NewJob::new(JobKind::Probe, json!({ "sleep_ms": 1 })));
        if new > 0 {
            fed += conn.transaction(async |conn| job::enqueue_many(conn, now, some).await).await?;
        }
        tokio::time::sleep(FEED).await;
    }
}

/// Enqueues the single jobs.
async fn one_by_one(url: &str) -> anyhow::Result<()> {
    let mut conn = connect(url).await?;
    let clock = Clock::system();
    let bar = fill::bar("jobs, one by one amid others", WARM_UP + TIMED);
    for number in 0..WARM_UP + TIMED {
        let marker = if number < WARM_UP { "warm-up" } else { "timed" };
        conn.transaction(async |conn| {
            let job = NewJob::new(JobKind::Probe, json!({ "marker": marker }));
            job::enqueue(conn, clock.now(), job).await
        })
        .await?;
        bar.inc(1);
        tokio::time::sleep(GAP).await;
    }
    bar.finish_and_clear();
    Ok(())
}

/// The same jobs in a table with a million that are done and a hundred thousand for tomorrow, and in one with nothing else.
async fn full(empty: &mut Floor) -> anyhow::Result<Figure> {
    let mut full = Floor::new().await?;
    full.keeps = true;
    fill::old_jobs(&full.database.url).await?;
    let (mut alone, mut amid) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(empty.per_second(jobs(USUAL), USUAL, 0).await?);
        amid.push(full.per_second(jobs(USUAL), USUAL, 0).await?);
    }
    let (alone, amid) = (median(alone), median(amid));
    let name = format!("an empty table: {} jobs/s", grouped(alone.round()));
    let what = format!(
        "jobs that do nothing, {USUAL} in flight, beside 1,000,000 done and 100,000 for tomorrow"
    );
    Ok(Figure::new(AREA, what, format!("{} jobs/s", grouped(amid.round())))
        .against(Against::Peer { name, ratio: amid / alone, wanted: None }))
}

/// Whether the peers can be started at all.
fn installed() -> anyhow::Result<()> {
    for part in ["queue_peers.mjs", "node_modules/bullmq", "node_modules/graphile-worker"] {
        let path = Path::new(peer::FOLDER).join(part);
        ensure!(path.exists(), "{} is missing: ./dev bench installs it", path.display());
    }
    Ok(())
}

/// What a peer tells about one round.
#[derive(serde::Deserialize)]
struct Told {
    version: String,
    per_second: f64,
}

async fn ask(
    name: &str,
    database_url: &str,
    redis_url: &str,
    jobs: usize,
    in_flight: usize,
    work_ms: u64,
) -> anyhow::Result<Told> {
    let mut node = Command::new("node");
    node.args(["queue_peers.mjs", name])
        .args([jobs.to_string(), in_flight.to_string(), work_ms.to_string()])
        .current_dir(peer::FOLDER)
        .env("DATABASE_URL", database_url)
        .env("REDIS_URL", redis_url)
        .env("NODE_ENV", "production")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let told = tokio::time::timeout(PATIENCE, node.output()).await.context("no end in sight")??;
    ensure!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).context("its line of JSON")
}
