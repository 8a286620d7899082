//! Ten thousand committees of twelve people, all to be asked within the same hour: how long one worker needs
//! to queue the requests, whether the letters keep to the pace set for the mail server, and what other queues feel
//! of it.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use schema::foundation::clock::Clock;
use schema::operate::job::{self, JobKind, NewJob};
use serde_json::json;
use tests::database::{Database, uuid};
use tests::process::Process;
use tests::smtp::{Behaviour, Smtp};

use crate::connect;
use crate::figure::{Figure, grouped};

const AREA: &str = "committee";
const COMMITTEES: i64 = 10_000;
const PEOPLE: i64 = 12;
/// What is wanted of one worker.
const LIMIT_S: f64 = 60.0;
/// Letters that may leave in a second.
const PACE: f64 = 100.0;
/// How long the letters that leave are counted, once all are queued.
const COUNTED: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(180);
/// Between two drills of another queue meanwhile.
const GAP: Duration = Duration::from_millis(50);

/// Measures both.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let redis =
        std::env::var("REDIS_URL").context("REDIS_URL is not set: ./dev bench starts a Redis")?;
    let database = Database::new().await?;
    let mut conn = connect(&database.url).await?;
    fill(&mut conn).await?;
    let server = Smtp::start(Behaviour::Accept).await;
    let mail = server.url();
    let pace = PACE.to_string();
    let stream = format!("spp:bench:{}", uuid());
    let environment = [
        ("DATABASE_URL", database.url.as_str()),
        ("REDIS_URL", &redis),
        ("SPP_EVENT_STREAM", &stream),
        ("SPP_MAIL", &mail),
        ("SPP_MAIL_PER_SECOND", &pace),
    ];
    let worker = Process::start("worker", &environment).await;
    let asked = asked(&mut conn).await;
    drop(worker);
    let Asked { seconds, sent, rate, p99 } = asked?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let requests = grouped((COMMITTEES * PEOPLE) as f64);
    let what = format!("{requests} requests of 10,000 committees queued by one worker");
    let shown = format!("{seconds:.1} s, while {sent} left");
    let drills = "enqueue → start of a drill in another queue meanwhile, p99";
    Ok(vec![
        Figure::new(AREA, what, shown).under(LIMIT_S, "s", seconds),
        Figure::new(
            AREA,
            "letters that leave meanwhile, with SPP_MAIL_PER_SECOND=100",
            format!("{rate:.1}/s"),
        )
        .under(PACE, "/s", rate),
        Figure::new(AREA, drills, format!("{p99:.1} ms")),
    ])
}

/// Set-based, as nobody plans ten thousand committees by hand: due now, everybody invited long ago.
async fn fill(conn: &mut AsyncPgConnection) -> anyhow::Result<()> {
    conn.batch_execute(&format!(
        "insert into account (email, display_name, password_hash, created_at)
            values ('organisatrice@exemple.test', 'Organisatrice', '-', now());
         insert into structure (id, code, name, kind, network_id, path, postal_code, commune, department, region, created_at, updated_at)
            select 1000000, 'COMITES1', 'Agence', 'Agence', min(id), '{{1000000}}', '96000', 'Montarcy', '96', 'Haute', now(), now()
            from network;
         insert into committee (structure_id, kind, title, theme, aims, agenda, results_analysed, ideas_gathered,
                starts_at, duration_minutes, mode, place, status, organiser_id, created_at, updated_at)
            select (select max(id) from structure), 'LISTENING', 'Comité ' || n, 'Accueil', 'Agir', 'Parler', true, true,
                date_trunc('second', now()) + interval '71 hours' + n * interval '100 milliseconds', 120, 'ON_SITE', 'Mairie', 'PLANNED',
                (select max(id) from account), now(), now()
            from generate_series(1, {COMMITTEES}) n;
         insert into committee_participant (committee_id, role, name, email, response, invited_for, invited_at, created_at)
            select c.id, case when p <= 8 then 'USER' else 'PARTNER' end, 'Personne ' || p, 'p' || p || '.' || c.id || '@exemple.test', 'ACCEPTED',
                c.starts_at, now() - interval '30 days', now() - interval '30 days'
            from committee c, generate_series(1, {PEOPLE}) p;
         analyze;"
    ))
    .await?;
    Ok(())
}

/// What was seen.
struct Asked {
    /// Seconds until all requests were queued.
    seconds: f64,
    /// Letters that had left by then.
    sent: i64,
    /// Letters that left in a second afterwards.
    rate: f64,
    /// 99th percentile of the drills' waits, in milliseconds.
    p99: f64,
}

/// Makes every request due at once.
async fn asked(conn: &mut AsyncPgConnection) -> anyhow::Result<Asked> {
    #[derive(diesel::QueryableByName)]
    struct Stand {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        open: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        queued: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        sent: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        dead: i64,
    }
    let clock = Clock::system();
    let began = Instant::now();
    conn.batch_execute(
        "insert into job (queue, kind, payload, priority, state, run_at, max_attempts, created_at)
            select 'SWEEPS', 'ASK_COMMITTEE', jsonb_build_object('committee', id, 'starts_at', starts_at, 'stage', 'FIRST'),
                0, 'READY', now(), 5, now() from committee;",
    )
    .await?;
    job::service::wake(conn).await?;
    // Counting a hundred thousand rows is work of its own: not at every drill.
    let mut looks = (0..20).cycle();
    let seconds = loop {
        job::enqueue(conn, clock.now(), NewJob::new(JobKind::Probe, json!({ "marker": "timed" })))
            .await?;
        tokio::time::sleep(GAP).await;
        if looks.next() != Some(0) {
            continue;
        }
        let stand: Stand = diesel::sql_query(
            "select count(*) filter (where kind = 'ASK_COMMITTEE' and state in ('READY', 'RUNNING')) as open,
                count(*) filter (where kind = 'WRITE_COMMITTEE') as queued,
                count(*) filter (where kind = 'WRITE_COMMITTEE' and state = 'DONE') as sent,
                count(*) filter (where state = 'DEAD') as dead
             from job",
        )
        .get_result(conn)
        .await?;
        ensure!(stand.dead == 0, "{} jobs died", stand.dead);
        if stand.open == 0 {
            ensure!(stand.queued == COMMITTEES * PEOPLE, "only {} were queued", stand.queued);
            break (began.elapsed().as_secs_f64(), stand.sent);
        }
        ensure!(began.elapsed() < PATIENCE, "{} committees wait still", stand.open);
    };
    let rate = rate(conn).await?;
    #[derive(diesel::QueryableByName)]
    struct Wait {
        #[diesel(sql_type = diesel::sql_types::Double)]
        p99: f64,
    }
    let wait: Wait = diesel::sql_query(
        "select percentile_disc(0.99) within group (order by wait) as p99 from (
            select (extract(epoch from (report ->> 'started')::timestamptz - created_at) * 1000)::float8 as wait
            from job where report ->> 'marker' = 'timed') waits",
    )
    .get_result(conn)
    .await?;
    let (seconds, sent) = seconds;
    Ok(Asked { seconds, sent, rate, p99: wait.p99 })
}

/// Letters that leave in a second, counted over a while.
async fn rate(conn: &mut AsyncPgConnection) -> anyhow::Result<f64> {
    let (before, began) = (sent(conn).await?, Instant::now());
    tokio::time::sleep(COUNTED).await;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    // Between n departures lie n - 1 waits.
    let left = (sent(conn).await? - before - 1) as f64;
    Ok(left / began.elapsed().as_secs_f64())
}

async fn sent(conn: &mut AsyncPgConnection) -> anyhow::Result<i64> {
    #[derive(diesel::QueryableByName)]
    struct Sent {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let query = diesel::sql_query("select count(*) as n from email where status = 'SENT'");
    Ok(query.get_result::<Sent>(conn).await?.n)
}
