//! PostgreSQL is restarted while two workers are busy.

use std::time::Duration;

use diesel_async::AsyncConnection;
use schema::foundation::clock::Clock;
use schema::foundation::database;
use schema::operate::job::rules::LEASE;
use schema::operate::job::{self, JobKind, NewJob};
use serde_json::json;
use tests::cluster::Cluster;
use tests::process::{Process, until};

use crate::operate::number;

const JOBS: usize = 500;

async fn done(cluster: &Cluster) -> i64 {
    number(
        &mut cluster.conn().await,
        "select count(*) as n from job where kind = 'PROBE' and state = 'DONE'",
    )
    .await
}

#[tokio::test]
async fn restarts_lose_no_job_and_repeat_none() {
    let mut cluster = Cluster::start().await;
    let url = cluster.url();
    database::migrate(&url).await.unwrap();
    let (redis, mails) =
        (tests::world::redis_url(), std::env::temp_dir().join(tests::database::uuid()));
    let mail = format!("dir:{}", mails.display());
    let stream = format!("spp:test:{}", tests::database::uuid());
    let environment = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", &redis),
        ("SPP_MAIL", &mail),
        ("SPP_EVENT_STREAM", &stream),
        ("SPP_LOG", "off"),
    ];
    let (mut one, mut two) = tokio::join!(
        Process::start("worker", &environment),
        Process::start("worker", &environment)
    );
    let mut conn = cluster.conn().await;
    let drills = (0..JOBS).map(|_| NewJob::new(JobKind::Probe, json!({ "sleep_ms": 150 })));
    let now = Clock::system().now();
    let stored =
        conn.transaction(async |conn| job::enqueue_many(conn, now, drills).await).await.unwrap();
    assert_eq!(stored, JOBS);

    // Once at once, and once for longer than a lease lasts: whoever runs a job keeps it.
    for (when, how, down) in
        [(JOBS / 4, "INT", Duration::ZERO), (JOBS / 2, "QUIT", LEASE + Duration::from_secs(1))]
    {
        until("some jobs are done", 30, async || {
            done(&cluster).await >= i64::try_from(when).unwrap()
        })
        .await;
        assert!(
            done(&cluster).await < i64::try_from(JOBS).unwrap(),
            "both restarts come in the middle"
        );
        cluster.stop(how).await;
        tokio::time::sleep(down).await;
        cluster.start_again().await;
    }
    until("all jobs are done", 60, async || done(&cluster).await == i64::try_from(JOBS).unwrap())
        .await;
    // What ran is counted where it ran: as many runs as jobs, in both workers together.
    let (mut runs, mut done) = (0.0, 0.0);
    for worker in [&one, &two] {
        runs += worker.figure("spp_jobs_total", &["kind=\"PROBE\""]).await;
        done += worker.figure("spp_jobs_total", &["kind=\"PROBE\"", "outcome=\"done\""]).await;
    }
    assert_eq!((runs, done), (500.0, 500.0));
    assert_eq!(one.stop().await, Some(0), "both lived through it");
    // Nor does a worker need PostgreSQL to stop.
    cluster.stop("INT").await;
    assert_eq!(two.stop().await, Some(0));
    let _ = std::fs::remove_dir_all(mails);
}
