//! What iris may do with jobs: retry what is dead, stop what should not run.

use chrono::TimeDelta;
use schema::operate::job::{JobKind, JobState, Queue};
use serde_json::{Value, json};
use tests::people::B;
use tests::process::until;
use tests::world::Plan;
use tests::{Client, World};

use super::{folder, hand, jobs_of, number, probe, publish, sql, stored, tell, telling};

pub(super) const RETRY: &str = "mutation($input: JobRetryInput!) { jobRetry(input: $input) {
    job { state attempt crashes finishedAt } userErrors { code message path } } }";
pub(super) const CANCEL: &str = "mutation($input: JobCancelInput!) { jobCancel(input: $input) {
    job { state finishedAt } userErrors { code message path } } }";

pub(super) fn global(id: i64) -> String {
    schema::foundation::id::global("Job", id).to_string()
}

async fn retry(iris: &Client, id: i64) -> Value {
    iris.data(RETRY, json!({ "input": { "id": global(id) } })).await["jobRetry"].clone()
}

async fn cancel(iris: &Client, id: i64) -> Value {
    iris.data(CANCEL, json!({ "input": { "id": global(id) } })).await["jobCancel"].clone()
}

#[tokio::test]
async fn iris_retries_what_is_dead_and_stops_what_should_not_run() {
    let world = World::new().await;
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    // A drill that fails three runs, then would succeed: dead, retried, it has all its runs again.
    let id = probe(&world, json!({ "fail": "retry" })).await;
    for seconds in [0, 1, 2] {
        world.later(TimeDelta::seconds(seconds)).await;
    }
    assert_eq!(stored(&mut conn, id).await.state, JobState::Dead);
    sql(&mut conn, &format!("update job set payload = '{{}}' where id = {id}")).await;
    let answer = retry(&iris, id).await;
    assert_eq!(
        answer["job"],
        json!({ "state": "READY", "attempt": 0, "crashes": 0, "finishedAt": null })
    );
    world.settle().await;
    let done = stored(&mut conn, id).await;
    assert_eq!((done.state, done.attempt), (JobState::Done, 1));

    // What is done stays done, and what is unknown is not found.
    for answer in [retry(&iris, id).await, cancel(&iris, id).await] {
        assert_eq!(
            (&answer["job"], &answer["userErrors"][0]["code"]),
            (&Value::Null, &json!("JOB_STATE"))
        );
        assert!(answer["userErrors"][0]["message"].as_str().unwrap().contains("DONE"), "{answer}");
    }
    let testimony = schema::foundation::id::global("Testimony", id).to_string();
    for unknown in [global(999_999), testimony, "n'importe quoi".into()] {
        for mutation in [RETRY, CANCEL] {
            assert_eq!(
                iris.error(mutation, json!({ "input": { "id": unknown } })).await,
                "NOT_FOUND",
                "{unknown}"
            );
        }
    }

    // A waiting one is cancelled before its hour, does not run at it, and runs when iris wants it after all.
    let waiting = probe(&world, json!({ "fail": "retry", "until": 1 })).await;
    world.settle().await;
    assert_eq!(cancel(&iris, waiting).await["job"]["state"], "CANCELLED");
    world.later(TimeDelta::seconds(10)).await;
    assert_eq!(stored(&mut conn, waiting).await.attempt, 1);
    assert_eq!(retry(&iris, waiting).await["job"]["state"], "READY");
    world.settle().await;
    world.later(TimeDelta::seconds(1)).await;
    assert_eq!(stored(&mut conn, waiting).await.state, JobState::Done);
    let steps = number(
        &mut conn,
        "select count(*) as n from audit_entry where action in ('job.retry', 'job.cancel')",
    )
    .await;
    assert_eq!(steps, 3, "each of her steps, and no refused one, is on record");
    world.end().await;
}

#[tokio::test]
async fn a_running_job_that_is_cancelled_stops_and_leaves_its_place() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    let _hand = hand(&world, &folder(&world), |config| config.slots = vec![(Queue::Probe, 1)]);
    let endless = probe(&world, json!({ "sleep_ms": 59_000 })).await;
    until("it runs", 20, async || stored(&mut conn, endless).await.state == JobState::Running)
        .await;
    let next = probe(&world, json!({})).await;
    assert_eq!(cancel(&iris, endless).await["job"]["state"], "CANCELLED");
    // The only slot is free as soon as the run has really stopped.
    until("the next has run", 20, async || stored(&mut conn, next).await.state == JobState::Done)
        .await;
    let job = stored(&mut conn, endless).await;
    assert_eq!((job.state, job.attempt), (JobState::Cancelled, 1));
    assert!(
        jobs_of(&mut conn, JobKind::Probe).await.iter().all(|job| job.state != JobState::Running)
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn an_alert_that_was_cancelled_gathers_nothing_and_may_come_back() {
    let world = World::new().await;
    let (gaelle, iris) = (world.person("gaelle").await, world.person("iris").await);
    let mut conn = world.conn().await;
    publish(&gaelle, &tell(&world, telling(B, "Le premier")).await).await;
    let first = jobs_of(&mut conn, JobKind::AlertTestimonies).await[0].id;
    assert_eq!(cancel(&iris, first).await["job"]["state"], "CANCELLED");
    // The next testimony makes an alert of its own, and the first may wait beside it.
    publish(&gaelle, &tell(&world, telling(B, "Le second")).await).await;
    assert_eq!(retry(&iris, first).await["job"]["state"], "READY");
    world.later(TimeDelta::minutes(6)).await;
    let alerts = jobs_of(&mut conn, JobKind::AlertTestimonies).await;
    let states: Vec<_> = alerts.iter().map(|job| (job.state, job.error.as_deref())).collect();
    assert_eq!(states, [(JobState::Done, None); 2]);
    // Whichever ran first told elise of both: she has one message.
    let mails = world.mailbox.all();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Le premier") && mails[0].text.contains("Le second"));
    world.end().await;
}
