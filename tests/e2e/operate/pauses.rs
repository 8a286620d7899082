//! An operator pauses a queue, and resumes it.

use serde_json::{Value, json};
use tests::World;
use tests::process::until;

use super::{jobs_of, probe, stored};
use schema::operate::job::JobKind;
use schema::operate::job::model::JobState;

const QUEUES: &str = "{ jobQueues { name waiting pausedAt pauseReason pausedBy } }";

async fn queue(world: &World, name: &str) -> Value {
    let iris = world.person("iris").await;
    let queues = iris.data(QUEUES, json!({})).await["jobQueues"].clone();
    queues.as_array().unwrap().iter().find(|queue| queue["name"] == name).unwrap().clone()
}

#[tokio::test]
async fn a_paused_queue_keeps_what_comes_and_gives_it_when_resumed() {
    let world = World::new().await;
    let iris = world.person("iris").await;
    let empty = json!({ "queue": "PROBE", "reason": " " });
    assert_eq!(iris.refusals("jobQueuePause", empty).await, ["EMPTY_TEXT reason"]);
    let input =
        json!({ "queue": "PROBE", "reason": "Le serveur de messagerie est en maintenance." });
    assert_eq!(iris.refusals("jobQueuePause", input).await, [""; 0]);
    // A second wish changes nothing: the first reason stands.
    world.clock.advance(chrono::TimeDelta::minutes(1));
    let again = json!({ "queue": "PROBE", "reason": "Autre chose" });
    assert_eq!(iris.refusals("jobQueuePause", again).await, [""; 0]);
    let mut conn = world.conn().await;
    let held = probe(&world, json!({ "marker": "held" })).await;
    // Another queue goes on: its job, enqueued later, is done before anything of the paused one starts.
    let bruno = world.person("bruno").await;
    super::register(&world, &bruno, 1, json!({})).await;
    super::sql(&mut conn, "insert into job (queue, kind, payload, priority, state, run_at, max_attempts, created_at)
        values ('SWEEPS', 'PURGE_OPERATIONS', '{}', 0, 'READY', '2026-01-12T08:00:00Z', 1, '2026-01-12T08:00:00Z')").await;
    until("the other queue goes on", 20, async || {
        jobs_of(&mut conn, JobKind::PurgeOperations)
            .await
            .iter()
            .all(|job| job.state == JobState::Done)
    })
    .await;
    assert_eq!(stored(&mut conn, held).await.state, JobState::Ready);
    let seen = queue(&world, "PROBE").await;
    assert_eq!(
        (&seen["waiting"], &seen["pauseReason"]),
        (&json!(1), &json!("Le serveur de messagerie est en maintenance."))
    );
    assert_eq!(seen["pausedAt"], "2026-01-12T08:00:00+00:00");
    assert!(seen["pausedBy"].as_str().unwrap().starts_with("account:"), "{seen}");
    assert_eq!(queue(&world, "MAIL").await["pausedAt"], Value::Null);

    assert_eq!(iris.refusals("jobQueueResume", json!({ "queue": "PROBE" })).await, [""; 0]);
    world.settle().await;
    assert_eq!(stored(&mut conn, held).await.state, JobState::Done);
    assert_eq!(queue(&world, "PROBE").await["pausedAt"], Value::Null);
    // Each wish that changed something is on the trail, once.
    let trail = "select count(*) as n from audit_entry where subject = 'queue:PROBE' and action in ('queue.pause', 'queue.resume')";
    assert_eq!(super::number(&mut conn, trail).await, 2);
    world.end().await;
}
