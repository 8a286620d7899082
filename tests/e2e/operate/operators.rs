//! The queue as iris sees it. Nobody else may.

use chrono::TimeDelta;
use schema::operate::job::model::{Ack, Outcome};
use schema::operate::job::{JobState, Queue, service};
use serde_json::{Value, json};
use tests::World;
use tests::people::A;
use tests::world::Plan;

use super::interventions::{CANCEL, RETRY, global};
use super::{probe, sql, stored, tell, telling};

const QUEUES: &str = "{ jobQueues { name waiting running scheduled dead oldestWaitingSeconds } }";
const JOBS: &str = "query($filter: JobFilter, $first: Int, $after: String, $last: Int, $before: String) {
    jobs(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { id kind queue state attempt maxAttempts payload error requestId } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
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
    let claimed = service::claim(&mut conn, Queue::Probe, now, 2, 1, "drill").await.unwrap();
    let dead = Outcome::Dead { error: "boum".into() };
    let ack = Ack { id: claimed[0].id, lease_no: claimed[0].lease_no, outcome: dead };
    service::ack(&mut conn, now, &[ack]).await.unwrap();
    sql(
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
