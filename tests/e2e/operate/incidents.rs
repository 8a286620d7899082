//! Operators hear once that something is out of order, and once that it is over.

use chrono::TimeDelta;
use schema::operate::job::model::JobState;
use schema::operate::job::{self, Queue};
use serde_json::{Value, json};
use tests::World;
use tests::process::until;
use tests::world::Plan;

use super::{folder, hand, number, probe, sql, stored};

const INCIDENTS: &str =
    "query($filter: IncidentFilter) { incidents(filter: $filter) { totalCount nodes {
    id kind subject figure summary openedAt closedAt } } }";

/// A world whose only workers send alerts; they look for what is out of order. Two, because any may.
async fn watched() -> (World, [tokio_util::task::AbortOnDropHandle<anyhow::Result<()>>; 2]) {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    // The first sweeps of a new product, which nobody does here.
    sql(&mut world.conn().await, "update job set state = 'DONE', finished_at = run_at").await;
    let alerting = |config: &mut worker::Config| {
        config.watch = true;
        config.slots = vec![(Queue::Alerts, 1)];
    };
    let hands = [hand(&world, &folder(&world), alerting), hand(&world, &folder(&world), alerting)];
    (world, hands)
}

/// Moves the time without letting schedules tick, and waits until somebody has looked at that time.
async fn pass(world: &World, by: TimeDelta) {
    world.clock.advance(by);
    let mut conn = world.conn().await;
    job::service::wake(&mut conn).await.unwrap();
    let now = world.clock.now();
    until("somebody looked", 20, async || {
        number(
            &mut world.conn().await,
            &format!("select count(*) as n from incident_watch where watched_at = '{now}'"),
        )
        .await
            == 1
    })
    .await;
    until("the alerts left", 20, async || {
        number(
            &mut world.conn().await,
            "select count(*) as n from job where kind = 'ALERT_OPERATORS' and state in ('READY', 'RUNNING')",
        )
        .await
            == 0
    })
    .await;
}

async fn incidents(world: &World, open: Option<bool>) -> Value {
    let iris = world.person("iris").await;
    iris.data(INCIDENTS, json!({ "filter": { "open": open } })).await["incidents"].clone()
}

#[tokio::test]
async fn a_queue_that_waits_too_long_is_told_once_and_once_when_it_is_over() {
    let (world, _hands) = watched().await;
    let waiting = probe(&world, json!({})).await;
    pass(&world, TimeDelta::seconds(599)).await;
    assert!(world.mailbox.all().is_empty(), "one second before the threshold");
    pass(&world, TimeDelta::seconds(31)).await;
    let began = world.mailbox.all();
    assert_eq!(began.len(), 1, "{began:?}");
    assert_eq!(
        (began[0].to.as_str(), began[0].auto_submitted.as_str()),
        ("iris@exemple.test", "auto-generated")
    );
    assert!(began[0].subject.starts_with("À regarder : "), "{}", began[0].subject);
    assert!(began[0].text.contains("file PROBE attend depuis 10 min"), "{}", began[0].text);
    assert!(began[0].text.contains("/operations"));
    // It goes on: nobody hears of it again.
    for _ in 0..3 {
        pass(&world, TimeDelta::minutes(10)).await;
    }
    assert_eq!(world.mailbox.all().len(), 1);
    let open = incidents(&world, Some(true)).await;
    assert_eq!((&open["totalCount"], &open["nodes"][0]["kind"]), (&json!(1), &json!("QUEUE_LATE")));

    let _probes = hand(&world, &folder(&world), |config| config.slots = vec![(Queue::Probe, 1)]);
    let mut conn = world.conn().await;
    until("it ran", 20, async || {
        stored(&mut world.conn().await, waiting).await.state == JobState::Done
    })
    .await;
    // Gone, but only for a moment: it might come back.
    pass(&world, TimeDelta::minutes(4)).await;
    assert_eq!(world.mailbox.all().len(), 1);
    pass(&world, TimeDelta::minutes(2)).await;
    let told = world.mailbox.all();
    assert_eq!(told.len(), 2, "{told:?}");
    let over = told.iter().find(|mail| mail.subject.starts_with("Rentré dans l'ordre")).unwrap();
    assert!(over.text.contains("Au plus fort : La plus ancienne tâche"), "{}", over.text);
    let closed = incidents(&world, Some(false)).await;
    assert_eq!(closed["totalCount"], 1);
    assert_eq!(incidents(&world, Some(true)).await["totalCount"], 0);
    // A node like any other, for those who may see it.
    let id = json!({ "id": closed["nodes"][0]["id"] });
    let node = "query($id: ID!) { node(id: $id) { ... on Incident { summary } } }";
    assert!(!world.person("iris").await.data(node, id.clone()).await["node"].is_null());
    assert!(world.person("henri").await.data(node, id).await["node"].is_null());
    assert_eq!(number(&mut conn, "select count(*) as n from incident").await, 1);
    world.end_anyhow().await;
}

#[tokio::test]
async fn dead_jobs_missed_schedules_and_failing_mail_are_told_each() {
    let (world, _hands) = watched().await;
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    // A job that failed for good.
    let dead = probe(&world, json!({})).await;
    sql(
        &mut conn,
        &format!("update job set state = 'DEAD', finished_at = run_at where id = {dead}"),
    )
    .await;
    pass(&world, TimeDelta::minutes(1)).await;
    // The alert shows the French sentence of each.
    let texts = |world: &World| -> String {
        world.mailbox.all().iter().map(|mail| mail.text.clone()).collect()
    };
    assert!(texts(&world).contains("1 tâche PROBE a échoué définitivement"), "{}", texts(&world));
    // Five messages refused within the hour; four would be nothing.
    for number in 0..4 {
        failed_mail(&world, number).await;
    }
    pass(&world, TimeDelta::minutes(1)).await;
    assert_eq!(world.mailbox.all().len(), 1);
    failed_mail(&world, 4).await;
    pass(&world, TimeDelta::minutes(1)).await;
    assert!(texts(&world).contains("5 messages en échec"), "{}", texts(&world));
    // Schedules: nobody ticks them here in the meantime, because these workers see the tick first.
    sql(&mut conn, "update job set state = 'DONE', finished_at = run_at where state = 'READY'")
        .await;
    let planned: chrono::DateTime<chrono::Utc> = "2026-01-13T02:30:00Z".parse().unwrap();
    pass(&world, planned - world.clock.now() + TimeDelta::seconds(1)).await;
    until("the purge waits", 20, async || {
        number(
            &mut world.conn().await,
            "select count(*) as n from job where kind = 'PURGE_OPERATIONS' and state = 'READY'",
        )
        .await
            == 1
    })
    .await;
    world.mailbox.empty();
    pass(&world, TimeDelta::minutes(29)).await;
    assert!(!texts(&world).contains("planification purge_operations"), "{}", texts(&world));
    pass(&world, TimeDelta::minutes(1)).await;
    assert!(
        texts(&world).contains("La planification purge_operations a 30 min de retard"),
        "{}",
        texts(&world)
    );

    // Putting the dead job away ends its incident.
    let cancel = json!({ "id": schema::foundation::id::global("Job", dead).to_string() });
    assert!(iris_again(&world).await.refusals("jobCancel", cancel).await.is_empty());
    world.mailbox.empty();
    pass(&world, TimeDelta::minutes(6)).await;
    assert!(texts(&world).contains("1 tâche PROBE"), "{}", texts(&world));
    drop(iris);
    world.end_anyhow().await;
}

/// Her session of yesterday is over.
async fn iris_again(world: &World) -> tests::Client {
    world.person("iris").await
}

async fn failed_mail(world: &World, number: i64) {
    let now = world.clock.now();
    sql(
        &mut world.conn().await,
        &format!(
            "insert into email (kind, subject, stage, recipient, message_id, status, prepared_at, updated_at)
             values ('TESTIMONY_ALERT', 'account:{number}', '', 'account:1', '<{number}@x>', 'FAILED', '{now}', '{now}')"
        ),
    )
    .await;
}

/// The mail server was away through the whole of it: one letter tells it all.
#[tokio::test]
async fn a_beginning_that_could_not_leave_before_the_end_is_not_told() {
    let (world, _hands) = watched().await;
    let iris = world.person("iris").await;
    let pause = json!({ "queue": "ALERTS", "reason": "panne" });
    assert!(iris.refusals("jobQueuePause", pause).await.is_empty());
    let dead = probe(&world, json!({})).await;
    let mut conn = world.conn().await;
    sql(
        &mut conn,
        &format!("update job set state = 'DEAD', finished_at = run_at where id = {dead}"),
    )
    .await;
    for minutes in [1, 7] {
        world.clock.advance(TimeDelta::minutes(minutes));
        job::service::wake(&mut conn).await.unwrap();
        let letters = if minutes == 1 { 1 } else { 2 };
        until("somebody looked", 20, async || {
            let waiting = "select count(*) as n from job where kind = 'ALERT_OPERATORS'";
            number(&mut world.conn().await, waiting).await == letters
        })
        .await;
        sql(&mut conn, &format!("update job set state = 'CANCELLED' where id = {dead}")).await;
    }
    assert!(iris.refusals("jobQueueResume", json!({ "queue": "ALERTS" })).await.is_empty());
    pass(&world, TimeDelta::minutes(1)).await;
    let told: Vec<String> = world.mailbox.all().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("Rentré dans l'ordre"), "{told:?}");
    world.end_anyhow().await;
}

/// All workers were down through a tick: the first to come back tells of it, although it catches up at once.
#[tokio::test]
async fn a_tick_that_came_while_every_worker_was_down_is_told() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    world.clock.advance(TimeDelta::hours(20));
    let _hand = hand(&world, &folder(&world), |config| config.watch = true);
    until("she is told", 20, async || {
        world
            .mailbox
            .all()
            .iter()
            .any(|mail| mail.text.contains("La planification purge_committees"))
    })
    .await;
    world.end_anyhow().await;
}
