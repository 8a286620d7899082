//! What iris decides about uncertain messages, and what she can look up: history, dry runs, totals.

use chrono::TimeDelta;
use schema::operate::job::Queue;
use schema::operate::job::model::{Ack, JobState, Outcome};
use schema::operate::job::service;
use serde_json::{Value, json};
use tests::World;
use tests::people::B;
use tests::world::Plan;

use super::interventions::global;
use super::{number, probe, publish, sql, stored, tell, telling};

const MAILS: &str = "query($filter: MailFilter, $first: Int, $after: String) { mails(filter: $filter, first: $first, after: $after) {
    totalCount nodes { id kind status reason subject recipient jobId } pageInfo { hasNextPage endCursor } }
    mailTotals { kind status count } }";

/// An alert to elise whose worker died while handing it over: the row and its job.
async fn uncertain(world: &World) -> (Value, i64) {
    let gaelle = world.person("gaelle").await;
    publish(&gaelle, &tell(world, telling(B, "Le premier")).await).await;
    world.later(TimeDelta::minutes(6)).await;
    let mut conn = world.conn().await;
    sql(&mut conn, "update email set status = 'UNCERTAIN', sent_at = null").await;
    sql(&mut conn, "update job set state = 'DEAD' where kind = 'ALERT_TESTIMONIES'").await;
    let iris = world.person("iris").await;
    let found = iris.data(MAILS, json!({ "filter": { "status": "UNCERTAIN" } })).await;
    assert_eq!(found["mails"]["totalCount"], 1, "{found}");
    assert_eq!(
        found["mailTotals"],
        json!([{ "kind": "TESTIMONY_ALERT", "status": "UNCERTAIN", "count": 1 }])
    );
    let job = number(&mut conn, "select job_id as n from email").await;
    world.mailbox.empty();
    (found["mails"]["nodes"][0]["id"].clone(), job)
}

/// What waits for a decision counts however old it is; what is over, for a month.
#[tokio::test]
async fn totals_hold_all_that_is_not_at_its_end_and_a_month_of_what_is() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let (within, before) =
        (now - TimeDelta::days(30) + TimeDelta::seconds(1), now - TimeDelta::days(30));
    for (status, at) in [
        ("FAILED", within),
        ("FAILED", before),
        ("PREPARED", before),
        ("SENDING", before),
        ("SENT", within),
        ("SENT", within),
        ("SENT", before),
        ("SKIPPED", within),
        ("SKIPPED", before),
        ("UNCERTAIN", now - TimeDelta::days(1000)),
    ] {
        sql(
            &mut conn,
            &format!(
                "insert into email (kind, subject, stage, recipient, message_id, status, prepared_at, updated_at)
                 values ('TESTIMONY_ALERT', gen_random_uuid()::text, '', 'account:1', gen_random_uuid()::text, '{status}', '{at}', '{at}')"
            ),
        )
        .await;
    }
    let iris = world.person("iris").await;
    let found = iris.data("{ mailTotals { status count } }", json!({})).await;
    let told = [
        ("FAILED", 1),
        ("PREPARED", 1),
        ("SENDING", 1),
        ("SENT", 2),
        ("SKIPPED", 1),
        ("UNCERTAIN", 1),
    ]
    .map(|(status, count)| json!({ "status": status, "count": count }));
    assert_eq!(found["mailTotals"], json!(told));
    world.end_anyhow().await;
}

#[tokio::test]
async fn an_uncertain_message_is_sent_again_when_iris_says_so() {
    let world = World::new().await;
    let (mail, _) = uncertain(&world).await;
    let iris = world.person("iris").await;
    let again = json!({ "id": mail, "decision": "SEND_AGAIN" });
    for name in ["bruno", "henri"] {
        let who = world.person(name).await;
        let decide =
            "mutation($input: MailDecideInput!) { mailDecide(input: $input) { mail { id } } }";
        assert_eq!(who.error(decide, json!({ "input": again })).await, "FORBIDDEN");
    }
    assert!(iris.refusals("mailDecide", again.clone()).await.is_empty());
    world.settle().await;
    assert_eq!(world.mailbox.all().len(), 1, "it left once more");
    // Decided is decided.
    assert_eq!(iris.refusals("mailDecide", again).await, ["MAIL_STATE id"]);
    let unknown = json!({ "id": global(1), "decision": "ARRIVED" });
    let decide = "mutation($input: MailDecideInput!) { mailDecide(input: $input) { mail { id } } }";
    assert_eq!(iris.error(decide, json!({ "input": unknown })).await, "NOT_FOUND");
    world.end().await;
}

#[tokio::test]
async fn one_that_arrived_counts_as_sent_and_its_job_is_put_away() {
    let world = World::new().await;
    let (mail, job) = uncertain(&world).await;
    let iris = world.person("iris").await;
    assert!(
        iris.refusals("mailDecide", json!({ "id": mail, "decision": "ARRIVED" })).await.is_empty()
    );
    world.settle().await;
    assert!(world.mailbox.all().is_empty());
    let found = iris.data(MAILS, json!({ "filter": { "kind": "TESTIMONY_ALERT" } })).await;
    assert_eq!(found["mails"]["nodes"][0]["status"], "SENT");
    let mut conn = world.conn().await;
    assert_eq!(stored(&mut conn, job).await.state, JobState::Cancelled);
    let trail =
        "select count(*) as n from audit_entry where action in ('mail.arrived', 'job.cancel')";
    assert_eq!(number(&mut conn, trail).await, 2);
    world.end().await;
}

#[tokio::test]
async fn one_whose_job_is_forgotten_cannot_be_sent_again_and_stays_uncertain() {
    let world = World::new().await;
    let (mail, job) = uncertain(&world).await;
    let mut conn = world.conn().await;
    sql(&mut conn, &format!("delete from job where id = {job}")).await;
    let iris = world.person("iris").await;
    let again = json!({ "id": mail, "decision": "SEND_AGAIN" });
    assert_eq!(iris.refusals("mailDecide", again).await, ["MAIL_STATE id"]);
    let found = iris.data(MAILS, json!({ "filter": { "status": "UNCERTAIN" } })).await;
    assert_eq!(found["mails"]["totalCount"], 1, "nothing is half decided");
    world.end().await;
}

#[tokio::test]
async fn a_job_tells_what_happened_to_it() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    let id = probe(&world, json!({})).await;
    let now = world.clock.now();
    let run = async |conn: &mut schema::foundation::database::Conn, outcome: Outcome| {
        let claimed = service::claim(conn, Queue::Probe, now, 1, 1, "main-1").await.unwrap();
        let ack = Ack { id, lease_no: claimed[0].lease_no, outcome };
        service::ack(conn, now, &[ack]).await.unwrap();
    };
    run(&mut conn, Outcome::Retry { at: now, error: "pas encore".into() }).await;
    run(&mut conn, Outcome::Later { at: now }).await;
    // Its worker dies.
    service::claim(&mut conn, Queue::Probe, now, 1, 1, "main-2").await.unwrap();
    sql(
        &mut conn,
        &format!("update job set lease_until = now() - interval '1 second' where id = {id}"),
    )
    .await;
    service::reap(&mut conn, now).await.unwrap();
    run(&mut conn, Outcome::Dead { error: "boum".into() }).await;
    let job = json!({ "id": global(id) });
    for mutation in ["jobRetry", "jobCancel", "jobRetry"] {
        assert!(iris.refusals(mutation, job.clone()).await.is_empty(), "{mutation}");
    }
    world.clock.advance(TimeDelta::seconds(2));
    service::claim(&mut conn, Queue::Probe, now, 1, 1, "main-3").await.unwrap();
    sql(&mut conn, &format!("update job set started_at = '{now}' where id = {id}")).await;
    let claimed = stored(&mut conn, id).await;
    let done = Ack { id, lease_no: claimed.lease_no, outcome: Outcome::Done };
    service::ack(&mut conn, world.clock.now(), &[done]).await.unwrap();

    let query = "query($id: ID!) { node(id: $id) { ... on Job { durationSeconds history { what attempt worker error by } } } }";
    let node = iris.data(query, job).await["node"].clone();
    let account = number(&mut conn, "select id as n from account where email like 'iris@%'").await;
    let by = format!("account:{account}");
    let step = |what: &str| json!({ "what": what, "attempt": null, "worker": null, "error": null, "by": by });
    assert_eq!(node["durationSeconds"], 2.0);
    assert_eq!(
        node["history"],
        json!([
            { "what": "FAILED", "attempt": 1, "worker": "main-1", "error": "pas encore", "by": null },
            { "what": "CRASHED", "attempt": 2, "worker": "main-2", "error": null, "by": null },
            { "what": "FAILED", "attempt": 3, "worker": "main-1", "error": "boum", "by": null },
            step("RETRIED"), step("CANCELLED"), step("RETRIED"),
        ])
    );
    // However often it fails, fifty steps are kept.
    for number in 0..60 {
        sql(&mut conn, &format!("update job set state = 'READY', attempt = 1 where id = {id}"))
            .await;
        run(&mut conn, Outcome::Retry { at: now, error: format!("essai {number}") }).await;
    }
    let events = stored(&mut conn, id).await.events();
    assert_eq!((events.len(), events[49].error.as_deref()), (50, Some("essai 59")));
    let rate = iris.data("{ jobQueues { name doneLastHour } }", json!({})).await;
    assert!(rate["jobQueues"].as_array().unwrap().iter().any(|q| q["name"] == "PROBE"), "{rate}");
    world.end_anyhow().await;
}

#[tokio::test]
async fn each_sweep_has_a_dry_run_that_says_what_the_run_then_does() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    super::register(&world, &bruno, 20, json!({})).await;
    // Two finished jobs and a session that may be forgotten.
    let mut conn = world.conn().await;
    for _ in 0..2 {
        probe(&world, json!({})).await;
    }
    world.settle().await;
    sql(
        &mut conn,
        "update job set finished_at = finished_at - interval '31 days' where kind = 'PROBE'",
    )
    .await;
    sql(&mut conn, "update session set expires_at = expires_at - interval '8 days' where id = (select min(id) from session)").await;
    // One that was ended lasted for days to come, and goes all the same.
    world.person("chloe").await;
    sql(&mut conn, "update session set revoked_at = created_at - interval '8 days' where id = (select max(id) from session)").await;
    let schedules = "{ jobSchedules { name preview lastRun { state durationSeconds report } } }";
    let of = |all: &Value, name: &str| -> Value {
        all["jobSchedules"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name)
            .unwrap()
            .clone()
    };
    let before = world.person("iris").await.data(schedules, json!({})).await;
    let purge = of(&before, "purge_operations")["preview"].clone();
    assert_eq!(purge["jobs"]["finished_jobs"]["found"], 2, "{purge}");
    assert_eq!(purge["sessions"], 2, "{purge}");
    let remind = of(&before, "remind_written_requests")["preview"].clone();
    assert!(remind["managers"].as_i64().unwrap() >= 1, "{remind}");
    assert_eq!(
        remind["managers"].as_u64().unwrap(),
        remind["first_managers"].as_array().unwrap().len() as u64
    );
    assert_eq!(
        of(&before, "purge_committees")["preview"]["participants"],
        json!({ "count": 0, "ids": [] })
    );
    let probes = "select count(*) as n from job where kind = 'PROBE'";
    assert_eq!(number(&mut conn, probes).await, 2, "a dry run changes nothing");

    world.later(TimeDelta::hours(24)).await;
    assert_eq!(number(&mut conn, probes).await, 0);
    let after = world.person("iris").await.data(schedules, json!({})).await;
    let run = of(&after, "purge_operations")["lastRun"].clone();
    assert_eq!(
        (
            &run["state"],
            &run["report"]["jobs"]["finished_jobs"]["deleted"],
            &run["report"]["sessions"]
        ),
        (&json!("DONE"), &json!(2), &json!(2))
    );
    assert!(run["durationSeconds"].is_number());
    world.end().await;
}
