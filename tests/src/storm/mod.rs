//! A storm over the queue: real workers are killed again and again while there is work to do, and meanwhile whatever is
//! around them fails: PostgreSQL, Redis, the network between, the mail server. The same seed gives the same work and
//! the same faults in the same order; who is hit depends on the moment.
//!
//! Nothing is shared with anybody: it has a PostgreSQL and a Redis of its own, which it may stop.

mod crew;
mod sky;
pub mod witness;
mod work;

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, RunQueryDsl};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use schema::foundation::clock::Clock;
use schema::foundation::database::{self, Conn};
use schema::operate::job::{self, NewJob};

use self::crew::Crew;
use self::sky::Sky;
use self::witness::{Log, Verdict, Why};

/// Longest wait for the last jobs, once the sky is clear.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between the kills in calm weather and the faults: long enough for every take-over.
const LULL: Duration = Duration::from_secs(8);
/// After everything is done: whoever has still something to say may say it, and it must change nothing.
const ECHO: Duration = Duration::from_secs(2);
/// A tenth of a second that took longer than this was no fault of ours.
const STALL: TimeDelta = TimeDelta::seconds(1);
/// Runs that a job may have beside the crashes: none is to die of the storm's failures alone.
const RUNS: i32 = 30;

/// How hard the storm is.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Gives the work and the faults.
    pub seed: u64,
    /// Jobs in all.
    pub jobs: usize,
    /// Workers killed without warning. The first third dies in calm weather.
    pub kills: usize,
    /// Workers at once.
    pub workers: usize,
    /// Other faults, spread over the rest of the kills.
    pub faults: usize,
    /// Whether letters are written, and the mail server has moods.
    pub smtp: bool,
    /// Milliseconds between two kills.
    pub pause_ms: RangeInclusive<u64>,
}

impl Plan {
    /// For the tests: a dozen kills, and every fault once.
    pub fn short(seed: u64) -> Self {
        Self {
            seed,
            jobs: 1_500,
            kills: 12,
            workers: 3,
            faults: 12,
            smtp: true,
            pause_ms: 400..=800,
        }
    }

    /// For `./dev bench faults`: a thousand kills over a hundred thousand jobs.
    pub fn full(seed: u64) -> Self {
        Self {
            seed,
            jobs: 100_000,
            kills: 1_000,
            workers: 3,
            faults: 120,
            smtp: true,
            pause_ms: 200..=700,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Report {
    /// Workers killed.
    pub kills: usize,
    /// Workers killed by their own jobs.
    pub ended: usize,
    /// Other faults.
    pub faults: usize,
    /// What became of the jobs and messages.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
}

/// Makes a storm. `progress` is told the kills so far.
///
/// # Errors
/// When a part of the storm itself fails: then nothing is known about the product.
pub async fn run(plan: &Plan, progress: impl Fn(u64)) -> anyhow::Result<Report> {
    let started = Instant::now();
    let mut chance = ChaCha8Rng::seed_from_u64(plan.seed);
    let steps = work::deal(plan, &mut chance);
    let faults = sky::draw(plan.faults, &mut chance);
    let mut sky = Sky::clear().await;
    database::migrate(&sky.cluster.url()).await?;
    let mut conn = sky.cluster.conn().await;
    witness::install(&mut conn).await?;
    work::fill(&mut conn, &work::Amounts::of(plan)).await?;
    let mut crew = Crew::new(environment(&sky), plan.workers);
    rest(crew::GROWN, &mut crew, &mut sky).await;
    let mut log = Log::default();

    let calm = plan.kills / 3;
    let rough = (plan.kills - calm).max(1);
    for (step, jobs) in steps.into_iter().enumerate() {
        log.jobs += enqueue(&mut conn, jobs).await?;
        if step == calm {
            rest(LULL, &mut crew, &mut sky).await;
        }
        if let Some(place) = step.checked_sub(calm) {
            for fault in &faults[place * faults.len() / rough..(place + 1) * faults.len() / rough] {
                sky.strike(*fault, &mut crew, &mut conn, &mut chance).await?;
            }
        }
        let pause = Duration::from_millis(chance.random_range(plan.pause_ms.clone()));
        rest(pause, &mut crew, &mut sky).await;
        while !crew.kill(&mut chance).await {
            rest(Duration::from_millis(100), &mut crew, &mut sky).await;
        }
        if step % 8 == 7 {
            bring_forward(&mut conn).await?;
        }
        progress(step as u64 + 1);
    }

    // The sky clears; whoever is left does what is left.
    sky.look(true);
    crew.wake(Duration::ZERO).await;
    let deadline = Instant::now() + PATIENCE;
    while open(&mut conn).await? > 0 && Instant::now() < deadline {
        bring_forward(&mut conn).await?;
        rest(Duration::from_millis(300), &mut crew, &mut sky).await;
    }
    rest(ECHO, &mut crew, &mut sky).await;
    crew.dismiss().await;

    for mail in sky.post.mails() {
        *log.copies.entry(format!("<{}>", mail.message_id)).or_default() += 1;
    }
    log.silences = std::mem::take(&mut crew.silences);
    log.outages = std::mem::take(&mut sky.outages);
    log.outages.append(&mut crew.gaps);
    let count = |why: Why| log.silences.iter().filter(|silence| silence.why == why).count();
    Ok(Report {
        kills: count(Why::Killed),
        ended: count(Why::Ended),
        faults: faults.len(),
        verdict: witness::judge(&mut conn, &log).await?,
        took: started.elapsed(),
    })
}

fn environment(sky: &Sky) -> Vec<(String, String)> {
    [
        ("DATABASE_URL", sky.database_url.clone()),
        ("REDIS_URL", sky.redis.url()),
        ("SPP_EVENT_STREAM", "spp:storm".to_owned()),
        ("SPP_MAIL", sky.post.url()),
        ("SPP_MAIL_TIMEOUT_SECONDS", "2".to_owned()),
        ("SPP_QUIET_HOURS", "off".to_owned()),
        ("SPP_LOG", "off".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Waits, with an eye on those who fell by themselves and on what passes by itself.
async fn rest(time: Duration, crew: &mut Crew, sky: &mut Sky) {
    let until = Instant::now() + time;
    loop {
        crew.look().await;
        sky.look(false);
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        let since = Clock::system().now();
        tokio::time::sleep(left.min(Duration::from_millis(100))).await;
        let now = Clock::system().now();
        if now - since > STALL {
            // The machine itself stood still, and nobody could take over.
            sky.outages.push((since, now));
        }
    }
}

/// Leaves jobs, all in one commit; how many were new.
async fn enqueue(conn: &mut Conn, jobs: Vec<NewJob>) -> diesel::QueryResult<usize> {
    let now = Clock::system().now();
    conn.transaction(async |conn| {
        let before = number(conn, "select coalesce(max(id), 0) as n from job").await?;
        let new = job::enqueue_many(conn, now, jobs).await?;
        diesel::sql_query("update job set max_attempts = greatest(max_attempts, $1) where id > $2")
            .bind::<diesel::sql_types::Integer, _>(RUNS)
            .bind::<BigInt, _>(before)
            .execute(conn)
            .await?;
        Ok::<_, diesel::result::Error>(new)
    })
    .await
}

/// Lets the hour of what waits for another try come: the ladders of messages and events are longer than the storm.
async fn bring_forward(conn: &mut Conn) -> diesel::QueryResult<()> {
    diesel::sql_query(
        "update job set run_at = clock_timestamp()
         where state = 'READY' and queue <> 'PROBE' and run_at > clock_timestamp()",
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Jobs of the storm that have not ended.
async fn open(conn: &mut Conn) -> diesel::QueryResult<i64> {
    number(
        conn,
        "select count(*) as n from job where state in ('READY', 'RUNNING') and payload ->> 'expected' is not null",
    )
    .await
}

async fn number(conn: &mut Conn, query: &str) -> diesel::QueryResult<i64> {
    #[derive(diesel::QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    Ok(diesel::sql_query(query).get_result::<Number>(conn).await?.n)
}
