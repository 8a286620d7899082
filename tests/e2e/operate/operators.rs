//! The queue as iris sees it, and what she may do with it. Nobody else may.

use chrono::TimeDelta;
use schema::operate::job::model::{Ack, Outcome};
use schema::operate::job::{JobKind, JobState, Queue, service};
use serde_json::{Value, json};
use tests::people::A;
use tests::process::until;
use tests::world::Plan;
use tests::{Client, World};

use super::{folder, hand, jobs_of, number, probe, stored, tell, telling};

const QUEUES: &str = "{ jobQueues { name waiting running scheduled dead oldestWaitingSeconds } }";
const JOBS: &str = "query($filter: JobFilter, $first: Int, $after: String, $last: Int, $before: String) {
    jobs(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { id kind queue state attempt maxAttempts payload error requestId } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const RETRY: &str = "mutation($input: JobRetryInput!) { jobRetry(input: $input) {
    job { state attempt crashes finishedAt } userErrors { code message path } } }";
const CANCEL: &str = "mutation($input: JobCancelInput!) { jobCancel(input: $input) {
    job { state finishedAt } userErrors { code message path } } }";

fn global(id: i64) -> String {
    schema::foundation::id::global("Job", id).to_string()
}

async fn retry(iris: &Client, id: i64) -> Value {
    iris.data(RETRY, json!({ "input": { "id": global(id) } })).await["jobRetry"].clone()
}

async fn cancel(iris: &Client, id: i64) -> Value {
    iris.data(CANCEL, json!({ "input": { "id": global(id) } })).await["jobCancel"].clone()
}

#[tokio::test]
async fn operators_only() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let id = probe(&world, json!({})).await;
    let one = json!({ "input": { "id": global(id) }, "subject": "VGVzdGltb255OjE" });
    let timeline = "query($subject: ID!) { mailTimeline(subject: $subject) { status } }";
    for (name, refusal) in
        [("alice", "UNAUTHENTICATED"), ("bruno", "FORBIDDEN"), ("henri", "FORBIDDEN")]
    {
        let who = if name == "alice" { world.alice.clone() } else { world.person(name).await };
        for query in [QUEUES, JOBS, "{ jobSchedules { name } }", timeline, RETRY, CANCEL] {
            assert_eq!(who.error(query, one.clone()).await, refusal, "{name}: {query}");
        }
    }
    assert_eq!(stored(&mut world.conn().await, id).await.state, JobState::Ready);
    world.end_anyhow().await;
}

#[tokio::test]
async fn iris_filters_and_pages_the_jobs() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let mut probes = vec![];
    for number in 0..5 {
        probes.push(probe(&world, json!({ "marker": format!("n° {number}") })).await);
    }
    tell(&world, telling(A, "Bien reçue")).await;
    // The first is dead, the second runs, the third and fourth wait, the last is for later.
    let claimed = service::claim(&mut conn, Queue::Probe, now, 2, "drill").await.unwrap();
    let dead = Outcome::Dead { error: "boum".into() };
    let ack = Ack { id: claimed[0].id, lease_no: claimed[0].lease_no, outcome: dead };
    service::ack(&mut conn, now, &[ack]).await.unwrap();
    super::sql(
        &mut conn,
        &format!("update job set run_at = run_at + interval '1 day' where id = {}", probes[4]),
    )
    .await;
    world.clock.advance(TimeDelta::milliseconds(1500));

    let page = async |variables: Value| iris.data(JOBS, variables).await["jobs"].clone();
    let markers = |page: &Value| -> Vec<String> {
        let edges = page["edges"].as_array().unwrap().iter();
        edges
            .map(|edge| edge["node"]["payload"]["marker"].as_str().unwrap_or("?").to_owned())
            .collect()
    };
    for (filter, expected) in [
        (json!({ "queue": "PROBE" }), vec!["n° 4", "n° 3", "n° 2", "n° 1", "n° 0"]),
        (json!({ "kind": "PROBE", "state": "READY" }), vec!["n° 4", "n° 3", "n° 2"]),
        (json!({ "state": "RUNNING" }), vec!["n° 1"]),
        (json!({ "state": "DEAD" }), vec!["n° 0"]),
        (json!({ "queue": "EVENTS" }), vec!["?"]),
        (json!({ "queue": "MAIL" }), vec![]),
        (json!({ "queue": "MAIL", "kind": "PROBE" }), vec![]),
    ] {
        let found = page(json!({ "filter": filter })).await;
        assert_eq!(markers(&found), expected, "{filter}");
        assert_eq!(found["totalCount"], expected.len(), "{filter}");
    }
    let dead = &page(json!({ "filter": { "state": "DEAD" } })).await["edges"][0]["node"];
    assert_eq!(
        (&dead["error"], &dead["attempt"], &dead["maxAttempts"]),
        (&json!("boum"), &json!(1), &json!(3))
    );

    // Page by page, there and back.
    let only = json!({ "queue": "PROBE" });
    let first = page(json!({ "filter": only, "first": 2 })).await;
    assert_eq!(markers(&first), ["n° 4", "n° 3"]);
    let second =
        page(json!({ "filter": only, "first": 2, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(
        (markers(&second), &second["pageInfo"]["hasNextPage"]),
        (vec!["n° 2".into(), "n° 1".into()], &json!(true))
    );
    let last =
        page(json!({ "filter": only, "first": 2, "after": second["pageInfo"]["endCursor"] })).await;
    assert_eq!(
        (markers(&last), &last["pageInfo"]["hasNextPage"]),
        (vec!["n° 0".into()], &json!(false))
    );
    let back =
        page(json!({ "filter": only, "last": 2, "before": second["pageInfo"]["startCursor"] }))
            .await;
    assert_eq!((markers(&back), &back["totalCount"]), (markers(&first), &json!(5)));
    for wrong in [
        json!({ "first": 101 }),
        json!({ "after": "n'importe quoi" }),
        json!({ "filter": { "state": "PERDU" } }),
    ] {
        assert_eq!(iris.error(JOBS, wrong.clone()).await, "BAD_USER_INPUT", "{wrong}");
    }

    let queues = iris.data(QUEUES, json!({})).await;
    let of_probes = queues["jobQueues"]
        .as_array()
        .unwrap()
        .iter()
        .find(|queue| queue["name"] == "PROBE")
        .unwrap();
    assert_eq!(
        of_probes,
        &json!({ "name": "PROBE", "waiting": 2, "running": 1, "scheduled": 1, "dead": 1, "oldestWaitingSeconds": 1.5 })
    );
    world.end_anyhow().await;
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
    super::sql(&mut conn, &format!("update job set payload = '{{}}' where id = {id}")).await;
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
