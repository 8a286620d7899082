//! Jobs that wait: some gather events, and urgent ones go first.

use chrono::TimeDelta;
use schema::operate::job::model::{Ack, Outcome};
use schema::operate::job::{self, JobKind, JobState, NewJob, Queue, service};
use serde_json::json;
use tests::World;
use tests::world::Plan;

use super::{jobs_of, stored};

#[tokio::test]
async fn events_gather_in_one_job_that_waits_no_longer_than_its_cap() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let start = world.clock.now();
    let gather = || {
        NewJob::new(JobKind::Probe, json!({})).debounced(
            "drill",
            world.clock.now() + TimeDelta::minutes(5),
            TimeDelta::minutes(12),
        )
    };
    // One event every four minutes: the hour moves with each, up to the cap.
    let mut hours = vec![];
    for number in 0..3 {
        let new = job::enqueue(&mut conn, world.clock.now(), gather()).await.unwrap();
        assert_eq!(new, number == 0);
        hours.push((jobs_of(&mut conn, JobKind::Probe).await[0].run_at - start).num_minutes());
        world.clock.advance(TimeDelta::minutes(4));
    }
    assert_eq!(hours, [5, 9, 12]);

    // A run has started: the next event gathers anew, and a retry of the first stays beside it.
    let now = world.clock.now();
    let claimed = service::claim(&mut conn, Queue::Probe, now, 10, 1, "drill").await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(job::enqueue(&mut conn, now, gather()).await.unwrap());
    let retry = Outcome::Retry { at: now + TimeDelta::minutes(1), error: "again".into() };
    let ack = Ack { id: claimed[0].id, lease_no: claimed[0].lease_no, outcome: retry };
    assert_eq!(service::ack(&mut conn, now, &[ack]).await.unwrap(), [claimed[0].id]);
    let waiting = jobs_of(&mut conn, JobKind::Probe).await;
    assert_eq!(waiting.iter().map(|job| job.state).collect::<Vec<_>>(), [JobState::Ready; 2]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn urgent_jobs_are_claimed_first_then_those_that_wait_longest() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    // Two managers' digests wait since yesterday; a citizen in front of a screen has just asked; one
    // more urgent job is for tomorrow.
    for (kind, hours) in [
        (JobKind::DigestWrittenRequests, -23),
        (JobKind::DigestWrittenRequests, -24),
        (JobKind::AcknowledgeWrittenRequest, 0),
        (JobKind::AcknowledgeWrittenRequest, 24),
    ] {
        let new = NewJob::new(kind, json!({ "hours": hours })).at(now + TimeDelta::hours(hours));
        assert!(job::enqueue(&mut conn, now, new).await.unwrap());
    }
    let mut order = vec![];
    while let Some(job) =
        service::claim(&mut conn, Queue::Mail, now, 1, 1, "drill").await.unwrap().pop()
    {
        assert_eq!(stored(&mut conn, job.id).await.state, JobState::Running);
        order.push(job.payload["hours"].as_i64().unwrap());
    }
    assert_eq!(order, [0, -24, -23]);

    // Claims look at three levels only, so no other can be stored.
    let other = diesel::sql_query("update job set priority = 5");
    let refused = diesel_async::RunQueryDsl::execute(other, &mut conn).await.unwrap_err();
    assert!(refused.to_string().contains("job_priority_check"), "{refused}");
    world.end_anyhow().await;
}
