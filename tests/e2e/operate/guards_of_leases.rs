//! The guards of leases, each with its broken twin: the same story in a database from which a trigger took the guard.

use diesel_async::SimpleAsyncConnection;
use schema::operate::job::model::{Ack, Outcome};
use schema::operate::job::{JobState, Queue, service};
use serde_json::json;
use tests::World;
use tests::process::until;
use tests::world::Plan;

use super::{folder, probe, sql, stored};

/// A world without worker, from whose job table a rule takes a guard: `new` is changed before it is written.
async fn world_with(rule: &str) -> World {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    sabotage(&world, rule).await;
    world
}

async fn sabotage(world: &World, rule: &str) {
    if rule.is_empty() {
        return;
    }
    let trigger = format!(
        "create function sabotage() returns trigger language plpgsql as $$
         begin
           {rule}
           return new;
         end $$;
         create trigger sabotage before update on job for each row execute function sabotage();"
    );
    world.conn().await.batch_execute(&trigger).await.unwrap();
}

/// Lets every lease run out.
async fn expire(conn: &mut schema::foundation::database::Conn) {
    let expire = "update job set lease_until = clock_timestamp() - interval '1 minute' where state = 'RUNNING'";
    assert_eq!(sql(conn, expire).await, 1);
}

/// Whether the answer of a worker that lost its lease ends the run of its successor.
async fn a_late_answer_counts(rule: &str) -> bool {
    let world = world_with(rule).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let id = probe(&world, json!({})).await;
    let first =
        service::claim(&mut conn, Queue::Probe, now, 1, 1, "first").await.unwrap().remove(0);
    expire(&mut conn).await;
    assert_eq!(service::reap(&mut conn, now).await.unwrap(), [(id, "READY".to_owned())]);
    let second = service::claim(&mut conn, Queue::Probe, now, 1, 1, "second").await.unwrap();
    assert_eq!(second[0].id, id);
    let late = Ack { id, lease_no: first.lease_no, outcome: Outcome::Done };
    let counted = !service::ack(&mut conn, now, &[late]).await.unwrap().is_empty();
    let state = stored(&mut conn, id).await.state;
    assert_eq!(state == JobState::Done, counted);
    world.end_anyhow().await;
    counted
}

#[tokio::test]
async fn without_numbers_that_grow_a_late_answer_would_count() {
    assert!(!a_late_answer_counts("").await);
    assert!(a_late_answer_counts("new.lease_no := old.lease_no;").await);
}

/// Workers that a job may kill in a test.
const VICTIMS: i32 = 12;

/// How many workers a job kills before it is set aside, of [`VICTIMS`]; its ladder would allow nine runs.
async fn workers_killed(rule: &str) -> i32 {
    let world = world_with(rule).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let id = probe(&world, json!({ "fail": "abort" })).await;
    sql(&mut conn, "update job set max_attempts = 9 where kind = 'PROBE'").await;
    let mut killed = 0;
    while killed < VICTIMS && stored(&mut conn, id).await.state == JobState::Ready {
        let claimed = service::claim(&mut conn, Queue::Probe, now, 1, 1, "victim").await.unwrap();
        assert_eq!(claimed.len(), 1);
        killed += 1;
        expire(&mut conn).await;
        service::reap(&mut conn, now).await.unwrap();
    }
    world.end_anyhow().await;
    killed
}

#[tokio::test]
async fn without_a_count_of_crashes_a_job_would_kill_worker_after_worker() {
    assert_eq!(workers_killed("").await, 3);
    assert_eq!(workers_killed("new.crashes := 0;").await, VICTIMS, "there is no end to it");
}

/// How many leases a job needs that runs longer than one lasts, with two workers alive and well.
async fn leases_of_a_long_job(rule: &str) -> i64 {
    let world = World::new().await;
    world.another_worker(&folder(&world)).await;
    sabotage(&world, rule).await;
    let mut conn = world.conn().await;
    let id = probe(&world, json!({ "sleep_ms": 9000 })).await;
    until("it is done, or somebody else has it", 30, async || {
        let job = stored(&mut conn, id).await;
        job.state == JobState::Done || job.lease_no > 1
    })
    .await;
    let leases = stored(&mut conn, id).await.lease_no;
    // Whoever still runs it stops at the next beat.
    let stop = "update job set state = 'CANCELLED', lease_until = null, finished_at = clock_timestamp() where state = 'RUNNING'";
    sql(&mut conn, stop).await;
    world.end_anyhow().await;
    leases
}

#[tokio::test]
async fn without_beats_a_long_job_would_be_taken_from_the_living() {
    let no_renewal = "if old.state = 'RUNNING' and new.state = 'RUNNING' then
        new.lease_until := old.lease_until; end if;";
    let (guarded, broken) =
        tokio::join!(leases_of_a_long_job(""), leases_of_a_long_job(no_renewal));
    assert_eq!(guarded, 1);
    assert_eq!(broken, 2);
}

/// After an outage every lease has run out. A worker's beat renews what it holds before it takes back what nobody renews;
/// the other way round it would take from the living, itself included.
#[tokio::test]
async fn owners_renew_before_anybody_takes_back() {
    for renew_first in [true, false] {
        let world = World::with(Plan { worker: false, ..Plan::default() }).await;
        let mut conn = world.conn().await;
        let now = world.clock.now();
        let id = probe(&world, json!({})).await;
        let held =
            service::claim(&mut conn, Queue::Probe, now, 1, 1, "alive").await.unwrap().remove(0);
        expire(&mut conn).await;
        let key = (id, held.lease_no);
        if renew_first {
            assert_eq!(service::beat(&mut conn, &[key]).await.unwrap(), [key]);
            assert!(service::reap(&mut conn, now).await.unwrap().is_empty());
            assert_eq!(stored(&mut conn, id).await.state, JobState::Running);
        } else {
            assert_eq!(service::reap(&mut conn, now).await.unwrap(), [(id, "READY".to_owned())]);
            assert!(service::beat(&mut conn, &[key]).await.unwrap().is_empty());
        }
        world.end_anyhow().await;
    }
}
