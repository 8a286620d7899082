//! Running jobs: ladders, jobs that cannot succeed, jobs that misbehave.

use std::time::Duration;

use chrono::TimeDelta;
use schema::operate::job::{self, JobKind, JobState, NewJob};
use serde_json::json;
use tests::World;
use tests::people::A;
use tests::process::until;
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use super::{acknowledge, hand, jobs_of, probe, sql, stored, tell, telling};

#[tokio::test]
async fn a_failing_job_climbs_its_ladder_and_is_then_kept_with_its_error() {
    let world = World::new().await;
    let mut conn = world.conn().await;
    let id = probe(&world, json!({ "fail": "retry" })).await;
    let recovers = probe(&world, json!({ "fail": "retry", "until": 1 })).await;
    world.settle().await;
    let job = stored(&mut conn, id).await;
    assert_eq!(
        (job.state, job.attempt, job.error.as_deref()),
        (JobState::Ready, 1, Some("probe failed, run 1"))
    );
    assert_eq!(job.run_at, world.clock.now() + TimeDelta::seconds(1));

    // Not before its hour: a run that came too early would be counted below.
    world.later(TimeDelta::milliseconds(999)).await;
    assert_eq!(stored(&mut conn, id).await.attempt, 1);
    world.later(TimeDelta::milliseconds(1)).await;
    let job = stored(&mut conn, id).await;
    assert_eq!((job.state, job.attempt), (JobState::Ready, 2));
    assert_eq!(job.run_at, world.clock.now() + TimeDelta::seconds(2));
    let done = stored(&mut conn, recovers).await;
    assert_eq!((done.state, done.attempt, done.error), (JobState::Done, 2, None));

    world.later(TimeDelta::seconds(2)).await;
    let job = stored(&mut conn, id).await;
    assert_eq!((job.state, job.attempt, job.crashes), (JobState::Dead, 3, 0));
    assert_eq!(job.error.as_deref(), Some("probe failed, run 3"));
    assert_eq!(job.finished_at, Some(world.clock.now()));
    world.later(TimeDelta::days(2)).await;
    assert_eq!(stored(&mut conn, id).await.attempt, 3, "dead is dead");
    world.end_anyhow().await;
}

#[tokio::test]
async fn what_cannot_succeed_is_given_up_at_once_and_the_others_go_on() {
    let world = World::new().await;
    let mut conn = world.conn().await;
    let given_up = probe(&world, json!({ "fail": "give_up" })).await;
    let unreadable = probe(&world, json!({ "sleep_ms": "longtemps" })).await;
    let panics = probe(&world, json!({ "fail": "panic", "until": 2 })).await;
    let good = probe(&world, json!({ "marker": "témoin" })).await;
    // In the queue of e-mails, too: its neighbour is a good job.
    let letter = NewJob::new(JobKind::AlertTestimonies, json!({ "account": "douze" }));
    job::enqueue(&mut conn, world.clock.now(), letter).await.unwrap();
    let bruno = world.person("bruno").await;
    acknowledge(&world, &bruno).await;
    world.settle().await;

    for (id, error) in [(given_up, "probe gave up"), (unreadable, "payload cannot be read")] {
        let job = stored(&mut conn, id).await;
        assert_eq!((job.state, job.attempt), (JobState::Dead, 1));
        assert!(job.error.as_deref().unwrap().contains(error), "{job:?}");
    }
    assert_eq!(jobs_of(&mut conn, JobKind::AlertTestimonies).await[0].state, JobState::Dead);
    assert_eq!(world.mailbox.to("alice@exemple.test").len(), 1);
    assert_eq!(stored(&mut conn, good).await.state, JobState::Done);

    // A bug fails its own job only, which is tried again.
    let job = stored(&mut conn, panics).await;
    assert_eq!(
        (job.state, job.error.as_deref()),
        (JobState::Ready, Some("panicked: probe panicked, run 1"))
    );
    world.later(TimeDelta::seconds(1)).await;
    world.later(TimeDelta::seconds(2)).await;
    assert_eq!(stored(&mut conn, panics).await.state, JobState::Done);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_job_that_only_a_newer_program_knows_is_left_to_it() {
    let world = World::new().await;
    let mut conn = world.conn().await;
    let newer = probe(&world, json!({})).await;
    world.settle().await;
    let statement = format!(
        "update job set kind = 'TELEPATHY', state = 'READY', finished_at = null where id = {newer}"
    );
    sql(&mut conn, &statement).await;
    let others = [probe(&world, json!({})).await, probe(&world, json!({})).await];
    until("the others are done", 20, async || {
        stored(&mut conn, others[0]).await.state == JobState::Done
            && stored(&mut conn, others[1]).await.state == JobState::Done
    })
    .await;
    let job = stored(&mut conn, newer).await;
    assert_eq!((job.state, job.attempt), (JobState::Ready, 1));
    // iris sees it, and that her program does not know it.
    let iris = world.person("iris").await;
    let data = iris
        .data("{ jobs(filter: { state: READY }) { nodes { kind queue attempt } } }", json!({}))
        .await;
    assert_eq!(data["jobs"]["nodes"], json!([{ "kind": null, "queue": "PROBE", "attempt": 1 }]));
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_mail_server_that_hangs_holds_up_no_event() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let smtp = Smtp::start(Behaviour::Silent).await;
    let _hand = hand(&world, &smtp.url(), |config| config.mail_timeout = Duration::from_secs(60));
    let bruno = world.person("bruno").await;
    for _ in 0..5 {
        acknowledge(&world, &bruno).await;
    }
    until("every slot for mail is taken", 20, async || smtp.connections() == 4).await;
    tell(&world, telling(A, "Pendant la panne")).await;
    until("the event has left", 20, async || {
        jobs_of(&mut conn, JobKind::BroadcastEvent).await[0].state == JobState::Done
    })
    .await;
    let letters = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await;
    assert_eq!(letters.iter().filter(|job| job.state == JobState::Running).count(), 4);
    world.end_anyhow().await;
}
