//! A worker is killed, pauses too long, or is killed by its own job.

use std::time::Instant;

use futures_util::future::join_all;
use schema::operate::job::{JobKind, JobState};
use serde_json::json;
use tests::process::until;
use tests::smtp::{Behaviour, Smtp};

use super::{end, ended, running, split, taken_over, two_workers, worker, world};
use crate::operate::{acknowledge, folder, jobs_of, number, probe, sql, stored};

const DONE: [&str; 2] = ["kind=\"PROBE\"", "outcome=\"done\""];

#[tokio::test]
async fn the_job_of_a_killed_worker_is_taken_over_and_done_once() {
    let world = world().await;
    let mut conn = world.conn().await;
    let workers = two_workers(&world).await;
    let id = probe(&world, json!({ "sleep_ms": 10_000, "marker": "once" })).await;
    let job = running(&mut conn, id).await;
    let (mut victim, survivors) = split(workers.into(), &job);

    let killed = Instant::now();
    victim.kill().await;
    // The second run need not be as long.
    sql(&mut conn, &format!("update job set payload = '{{\"marker\": \"once\"}}' where id = {id}"))
        .await;
    taken_over(&mut conn, id, killed).await;
    let job = ended(&mut conn, id, JobState::Done).await;
    assert_eq!(
        (job.attempt, job.crashes, job.lease_no),
        (2, 1, 2),
        "the take-over counts as an attempt"
    );
    assert_eq!(job.report.unwrap()["attempt"], 2);
    assert_eq!(survivors[0].figure("spp_jobs_total", &DONE).await, 1.0);
    assert_eq!(survivors[0].figure("spp_job_takeovers_total", &[]).await, 1.0);
    end(world).await;
}

#[tokio::test]
async fn a_worker_that_slept_through_its_lease_changes_nothing() {
    let world = world().await;
    let mut conn = world.conn().await;
    let smtp = Smtp::start(Behaviour::HangBeforeData).await;
    let mut sleeper = worker(&world, &smtp.url(), &[]).await;
    acknowledge(&world, &world.person("bruno").await).await;
    until("it announces a message", 20, async || smtp.announced() == 1).await;
    let drill = probe(&world, json!({ "sleep_ms": 3000 })).await;
    let before = running(&mut conn, drill).await;

    // A machine that is frozen for a while, say: its timers are long over when it wakes, and the mail
    // server waits for its message.
    let frozen = Instant::now();
    sleeper.signal("STOP").await;
    let awake = worker(&world, &smtp.url(), &[]).await;
    smtp.behave(Behaviour::Accept);
    taken_over(&mut conn, drill, frozen).await;
    let done = ended(&mut conn, drill, JobState::Done).await;
    assert_ne!(done.worker, before.worker);
    let letter = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await.remove(0);
    let letter = ended(&mut conn, letter.id, JobState::Done).await;
    assert_eq!(smtp.messages_read(), 1);

    sleeper.signal("CONT").await;
    until("it has finished with its old runs", 20, async || {
        sleeper.figure("spp_jobs_total", &["kind=\"PROBE\""]).await
            + sleeper.figure("spp_jobs_total", &["queue=\"MAIL\""]).await
            == 2.0
    })
    .await;
    // Its last answers are written before it ends, and count for nothing.
    assert_eq!(sleeper.stop().await, Some(0));
    for known in [done, letter] {
        let after = stored(&mut conn, known.id).await;
        assert_eq!((after.state, after.attempt, after.lease_no), (JobState::Done, 2, 2));
        assert_eq!((after.worker, after.finished_at), (known.worker, known.finished_at));
    }
    assert_eq!((smtp.messages_read(), smtp.mails().len()), (1, 1), "it hung up instead of sending");
    assert_eq!(awake.figure("spp_jobs_total", &DONE).await, 1.0);
    end(world).await;
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_set_aside_after_three() {
    let world = world().await;
    let mut conn = world.conn().await;
    let mail = folder(&world);
    let mut workers = join_all((0..4).map(|_| worker(&world, &mail, &[]))).await;
    // The ladder would allow more runs than crashes are.
    let id = probe(&world, json!({ "fail": "abort" })).await;
    sql(&mut conn, "update job set max_attempts = 9 where kind = 'PROBE'").await;
    for crash in 1..=3 {
        until("its process is gone", 20, async || {
            workers.iter_mut().filter_map(|worker| worker.has_ended().then_some(())).count()
                == crash
        })
        .await;
        // Its lease would run out in seconds.
        sql(&mut conn, "update job set lease_until = clock_timestamp() where kind = 'PROBE' and state = 'RUNNING'").await;
    }
    let job = ended(&mut conn, id, JobState::Dead).await;
    assert_eq!((job.attempt, job.crashes), (3, 3));
    assert!(
        job.error.unwrap().starts_with("lease expired, attempt 3 on worker-"),
        "who it was stays readable"
    );

    // The last worker lives, and works.
    let innocent = probe(&world, json!({})).await;
    ended(&mut conn, innocent, JobState::Done).await;
    world.end_anyhow().await;
}

/// The machine stood still: every lease has run out, and whoever wakes first must leave the others theirs.
#[tokio::test]
async fn after_a_pause_of_the_whole_machine_nobody_takes_from_the_living() {
    let world = world().await;
    let mut conn = world.conn().await;
    let mail = folder(&world);
    let workers = join_all((0..2).map(|_| {
        let slots = [("SPP_PROBE_SLOTS", "1")];
        let (world, mail) = (&world, &mail);
        async move { worker(world, mail, &slots).await }
    }))
    .await;
    let long = [
        probe(&world, json!({ "sleep_ms": 9_000 })).await,
        probe(&world, json!({ "sleep_ms": 9_000 })).await,
    ];
    for id in long {
        running(&mut conn, id).await;
    }
    join_all(workers.iter().map(|worker| worker.signal("STOP"))).await;
    let leases = "select count(*) as n from job where lease_until > clock_timestamp()";
    until("every lease has run out", 20, async || number(&mut conn, leases).await == 0).await;
    workers[0].signal("CONT").await;
    until("the first renews its own", 20, async || number(&mut conn, leases).await > 0).await;
    workers[1].signal("CONT").await;
    for id in long {
        let job = ended(&mut conn, id, JobState::Done).await;
        assert_eq!((job.attempt, job.crashes, job.lease_no), (1, 0, 1));
    }
    end(world).await;
}

/// Somebody holds the row of a running job for longer than a lease: it alone waits for that.
#[tokio::test]
async fn a_row_that_is_locked_costs_no_other_job_its_lease() {
    let world = world().await;
    let [mut conn, mut other] = [world.conn().await, world.conn().await];
    let mail = folder(&world);
    let _one = worker(&world, &mail, &[]).await;
    let _two = worker(&world, &mail, &[]).await;
    let locked = probe(&world, json!({ "sleep_ms": 12_000 })).await;
    let beside = probe(&world, json!({ "sleep_ms": 12_000 })).await;
    for id in [locked, beside] {
        running(&mut conn, id).await;
    }
    sql(&mut other, "begin").await;
    sql(&mut other, &format!("select from job where id = {locked} for update")).await;
    let run_out = format!(
        "select count(*) as n from job where id = {locked} and lease_until < clock_timestamp() - interval '1 second'"
    );
    until("its lease has run out", 20, async || number(&mut conn, &run_out).await == 1).await;
    let job = stored(&mut conn, beside).await;
    assert_eq!((job.state, job.lease_no), (JobState::Running, 1), "its lease goes on");
    sql(&mut other, "rollback").await;
    let job = ended(&mut conn, beside, JobState::Done).await;
    assert_eq!((job.attempt, job.crashes), (1, 0));
    // Whoever came first has it now: the one that runs it, or the other one.
    ended(&mut conn, locked, JobState::Done).await;
    end(world).await;
}
