//! Short jobs are claimed ahead of their slots: nobody must wait for it, and nobody must die of it.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use schema::operate::job::{self, JobKind, JobState, NewJob};
use serde_json::{Value, json};
use tests::World;
use tests::process::until;

use super::{launch, worker, world};
use crate::operate::{folder, jobs_of, number, sql};

/// Enqueues drills at once, so that one claim takes all that there is room for.
async fn enqueue(world: &World, payloads: impl Iterator<Item = Value>) {
    let now = world.clock.now();
    let jobs: Vec<_> = payloads.map(|payload| NewJob::new(JobKind::Probe, payload)).collect();
    let mut conn = world.conn().await;
    conn.transaction(async |conn| job::enqueue_many(conn, now, jobs).await).await.unwrap();
}

/// Waits until that many drills are done.
async fn done(world: &World, wanted: i64) {
    let mut conn = world.conn().await;
    const DONE: &str = "select count(*) as n from job where kind = 'PROBE' and state = 'DONE'";
    until("they are done", 30, async || number(&mut conn, DONE).await == wanted).await;
}

#[tokio::test]
async fn no_more_run_at_once_than_there_are_slots() {
    let world = world().await;
    let mut conn = world.conn().await;
    let mail = folder(&world);
    let worker = worker(&world, &mail, &[("SPP_PROBE_SLOTS", "2")]).await;
    enqueue(&world, (0..200).map(|_| json!({}))).await;
    done(&world, 200).await;
    // Those claimed ahead wait beside the two that run.
    enqueue(&world, (0..8).map(|_| json!({ "sleep_ms": 400, "marker": "slow" }))).await;
    done(&world, 208).await;
    let slow = jobs_of(&mut conn, JobKind::Probe).await.split_off(200);
    let mut starts: Vec<DateTime<Utc>> = slow
        .iter()
        .map(|job| job.report.as_ref().unwrap()["started"].as_str().unwrap().parse().unwrap())
        .collect();
    starts.sort();
    for (first, third) in starts.iter().zip(&starts[2..]) {
        assert!(*third - first >= TimeDelta::milliseconds(400), "three at once: {starts:?}");
    }
    drop(worker);
    world.end_anyhow().await;
}

#[tokio::test]
async fn what_was_claimed_in_vain_another_worker_does() {
    let world = world().await;
    let mut conn = world.conn().await;
    let mail = folder(&world);
    // Far ahead, so that the runs of a busy machine are short enough, too.
    let ahead = [("SPP_PROBE_SLOTS", "2"), ("SPP_CLAIM_AHEAD_MS", "200")];
    let busy = worker(&world, &mail, &ahead).await;
    // It learns that runs are short …
    enqueue(&world, (0..200).map(|_| json!({}))).await;
    done(&world, 200).await;
    // … has two long ones in its two slots, takes ten more all the same, and is wrong.
    enqueue(&world, (0..2).map(|_| json!({ "sleep_ms": 60_000, "marker": "long" }))).await;
    const BEGUN: &str = "select count(*) as n from job
        where payload->>'marker' = 'long' and report->>'started' is not null";
    until("both slots are taken", 20, async || number(&mut conn, BEGUN).await == 2).await;
    enqueue(&world, (0..10).map(|_| json!({ "marker": "short" }))).await;
    const SHORT: &str = "payload->>'marker' = 'short'";
    until("it has claimed them all", 20, async || {
        let claimed = format!("select count(*) as n from job where {SHORT} and lease_no >= 1");
        number(&mut conn, &claimed).await == 10
    })
    .await;
    let free = worker(&world, &mail, &[]).await;
    until("the other worker has done them", 20, async || {
        let done = format!("select count(*) as n from job where {SHORT} and state = 'DONE'");
        number(&mut conn, &done).await == 10
    })
    .await;
    let name = format!("worker-{}-", free.id());
    for job in jobs_of(&mut conn, JobKind::Probe).await.split_off(202) {
        assert!(job.worker.unwrap().starts_with(&name), "the first has no slot for them");
        assert_eq!((job.attempt, job.crashes, job.lease_no), (1, 0, 2), "a wait is no attempt");
    }
    drop(busy);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_job_that_kills_its_workers_takes_nobody_along() {
    let world = world().await;
    let mut conn = world.conn().await;
    let mail = folder(&world);
    let innocent = || json!({ "sleep_ms": 300 });
    let killer = json!({ "fail": "abort" });
    let before = (0..5).map(|_| innocent());
    enqueue(&world, before.chain([killer]).chain((0..10).map(|_| innocent()))).await;
    for crash in 1..=3 {
        if crash == 3 {
            // One of another queue, which was beside it as well.
            let purge = NewJob::new(JobKind::PurgeOperations, json!({}));
            assert!(job::enqueue(&mut conn, world.clock.now(), purge).await.unwrap());
            let crashed =
                "update job set crashes = 2 where kind = 'PURGE_OPERATIONS' and state = 'READY'";
            assert!(sql(&mut conn, crashed).await >= 1);
        }
        let mut worker = launch(&world, &mail, &[("SPP_PROBE_SLOTS", "16")]);
        until("the worker is dead", 20, async || worker.has_ended()).await;
        // Its leases would run out in seconds; the next worker takes them back.
        sql(&mut conn, "update job set lease_until = clock_timestamp() where state = 'RUNNING'")
            .await;
    }
    let _last = worker(&world, &mail, &[]).await;
    const OPEN: &str = "select count(*) as n from job where kind in ('PROBE', 'PURGE_OPERATIONS')
        and state in ('READY', 'RUNNING')";
    until("all have ended", 30, async || number(&mut conn, OPEN).await == 0).await;
    let jobs = jobs_of(&mut conn, JobKind::Probe).await;
    let dead: Vec<usize> =
        (0..jobs.len()).filter(|place| jobs[*place].state == JobState::Dead).collect();
    assert_eq!(dead, [5], "only the one that did it");
    assert!(jobs.iter().all(|job| job.crashes == if job.id == jobs[5].id { 3 } else { 2 }));
    for purge in jobs_of(&mut conn, JobKind::PurgeOperations).await {
        assert_eq!(purge.state, JobState::Done, "{} crashes", purge.crashes);
    }
    world.end_anyhow().await;
}
