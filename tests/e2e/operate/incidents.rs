//! Operators hear once that something is out of order, again when there is much more of it, and once that it is over.

use chrono::TimeDelta;
use schema::operate::job::model::JobState;
use schema::operate::job::{self, Queue};
use serde_json::{Value, json};
use tests::World;
use tests::process::{lasting_port, until};
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use super::{acknowledge, folder, hand, number, probe, sql, stored};

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
async fn look(world: &World, by: TimeDelta) {
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
}

/// As [`look`], and the alerts have left.
async fn pass(world: &World, by: TimeDelta) {
    look(world, by).await;
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

/// So many minutes, with a look in each.
async fn minutes(world: &World, minutes: i64) {
    for _ in 0..minutes {
        pass(world, TimeDelta::minutes(1)).await;
    }
}

/// So many drills that failed for good.
async fn dead(world: &World, jobs: usize) {
    for _ in 0..jobs {
        probe(world, json!({})).await;
    }
    let die = "update job set state = 'DEAD', finished_at = run_at where kind = 'PROBE' and state = 'READY'";
    assert_eq!(sql(&mut world.conn().await, die).await, jobs);
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
    minutes(&world, 4).await;
    assert_eq!(world.mailbox.all().len(), 1);
    minutes(&world, 2).await;
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
async fn a_pause_ends_no_incident_and_its_end_begins_none() {
    let (world, _hands) = watched().await;
    let iris = world.person("iris").await;
    probe(&world, json!({})).await;
    pass(&world, TimeDelta::seconds(630)).await;
    assert_eq!(world.mailbox.all().len(), 1);
    // Somebody looks into it; nothing is mended.
    let pause = json!({ "queue": "PROBE", "reason": "j'examine" });
    assert!(iris.refusals("jobQueuePause", pause).await.is_empty());
    minutes(&world, 10).await;
    assert!(iris.refusals("jobQueueResume", json!({ "queue": "PROBE" })).await.is_empty());
    // It is taken at once: gone, but only for a moment.
    let _probes = hand(&world, &folder(&world), |config| config.slots = vec![(Queue::Probe, 1)]);
    until("it ran", 20, async || {
        number(
            &mut world.conn().await,
            "select count(*) as n from job where kind = 'PROBE' and state = 'DONE'",
        )
        .await
            == 1
    })
    .await;
    minutes(&world, 4).await;
    assert_eq!(world.mailbox.all().len(), 1, "{:?}", world.mailbox.all());
    assert_eq!(incidents(&world, None).await["totalCount"], 1);
    minutes(&world, 3).await;
    assert_eq!(world.mailbox.all().len(), 2, "{:?}", world.mailbox.all());
    world.end_anyhow().await;
}

#[tokio::test]
async fn dead_jobs_missed_schedules_and_failing_mail_are_told_each() {
    let (world, _hands) = watched().await;
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    // A job that failed for good.
    dead(&world, 1).await;
    let forgotten = number(&mut conn, "select id as n from job where state = 'DEAD'").await;
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
    let cancel = json!({ "id": schema::foundation::id::global("Job", forgotten).to_string() });
    assert!(iris_again(&world).await.refusals("jobCancel", cancel).await.is_empty());
    world.mailbox.empty();
    minutes(&world, 6).await;
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

/// Nobody listens where the mail server was. Alerts to operators go by another way here.
#[tokio::test]
async fn a_mail_server_that_is_down_is_told_and_stays_told_until_it_is_back() {
    let (world, _hands) = watched().await;
    let port = lasting_port();
    let away = format!("smtp://127.0.0.1:{port}");
    let only = |config: &mut worker::Config| config.slots = vec![(Queue::Mail, 4)];
    let _post = hand(&world, &away, only);
    let bruno = world.person("bruno").await;
    for _ in 0..5 {
        acknowledge(&world, &bruno).await;
    }
    let tried = async |times: i64| {
        until("each was tried", 20, async || {
            number(
                &mut world.conn().await,
                &format!("select count(*) as n from email where status = 'PREPARED' and attempts = {times}"),
            )
            .await
                == 5
        })
        .await;
    };
    tried(1).await;
    pass(&world, TimeDelta::seconds(31)).await;
    assert!(world.mailbox.all().is_empty(), "one try in vain happens");
    pass(&world, TimeDelta::seconds(31)).await;
    tried(2).await;
    pass(&world, TimeDelta::seconds(31)).await;
    let subjects = |world: &World| -> Vec<String> {
        world.mailbox.all().into_iter().map(|mail| mail.subject).collect()
    };
    assert_eq!(subjects(&world).len(), 1, "{:?}", subjects(&world));
    assert!(world.mailbox.all()[0].text.contains("5 messages en échec"));
    // The next tries lie hours apart: it is not over in between.
    for _ in 0..48 {
        pass(&world, TimeDelta::minutes(5)).await;
    }
    assert_eq!(subjects(&world).len(), 1, "{:?}", subjects(&world));

    let smtp = Smtp::start_on(port, Behaviour::Accept).await;
    const LEFT: &str =
        "select count(*) as n from email where status = 'SENT' and kind <> 'OPERATOR_ALERT'";
    let mut steps = 0..60;
    while number(&mut world.conn().await, LEFT).await < 5 {
        steps.next().expect("the next tries within five hours");
        pass(&world, TimeDelta::minutes(5)).await;
    }
    assert_eq!(smtp.mails().len(), 5);
    minutes(&world, 7).await;
    let told = subjects(&world);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|subject| subject.starts_with("Rentré dans l'ordre")), "{told:?}");
    world.end_anyhow().await;
}

/// The mail server was away through the whole of it: one letter tells it all.
#[tokio::test]
async fn a_beginning_that_could_not_leave_before_the_end_is_not_told() {
    let (world, _hands) = watched().await;
    let iris = world.person("iris").await;
    let pause = json!({ "queue": "ALERTS", "reason": "panne" });
    assert!(iris.refusals("jobQueuePause", pause).await.is_empty());
    let mut conn = world.conn().await;
    let letters = async || {
        let waiting = "select count(*) as n from job where kind = 'ALERT_OPERATORS'";
        number(&mut world.conn().await, waiting).await
    };
    dead(&world, 1).await;
    look(&world, TimeDelta::minutes(1)).await;
    assert_eq!(letters().await, 1);
    sql(&mut conn, "update job set state = 'CANCELLED' where state = 'DEAD'").await;
    for _ in 0..5 {
        look(&world, TimeDelta::minutes(1)).await;
    }
    assert_eq!(letters().await, 2);
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

/// One dead job that everybody forgot keeps the incident open: what comes behind it must be heard of all the same.
#[tokio::test]
async fn a_flood_behind_a_forgotten_dead_job_is_told_once_for_each_growth() {
    let (world, _hands) = watched().await;
    let told = async |jobs: usize| {
        dead(&world, jobs).await;
        // It goes on: once is enough.
        minutes(&world, 2).await;
        let mails = world.mailbox.all();
        world.mailbox.empty();
        mails.into_iter().map(|mail| (mail.subject, mail.text)).collect::<Vec<_>>()
    };
    assert_eq!(told(1).await.len(), 1);
    // A few more are no news; ten more are.
    assert!(told(9).await.is_empty());
    let grown = told(1).await;
    assert_eq!(grown.len(), 1, "{grown:?}");
    assert!(grown[0].0.starts_with("Cela s'aggrave : 11 tâches PROBE"), "{grown:?}");
    assert!(grown[0].1.contains("Beaucoup d'autres se sont ajoutées"), "{grown:?}");
    // From then on, twice as many.
    assert!(told(10).await.is_empty());
    assert_eq!(told(1).await.len(), 1);
    // What is put away counts no more: the next flood is measured from what is left.
    let away = "update job set state = 'CANCELLED' where state = 'DEAD' and id > (select min(id) from job where state = 'DEAD')";
    assert_eq!(sql(&mut world.conn().await, away).await, 21);
    assert!(told(0).await.is_empty());
    assert!(told(9).await.is_empty());
    let grown = told(1).await;
    assert_eq!(grown.len(), 1, "{grown:?}");
    assert!(grown[0].0.contains("11 tâches PROBE"), "{grown:?}");
    // Also when nothing is left.
    let all_away = "update job set state = 'CANCELLED' where state = 'DEAD'";
    assert_eq!(sql(&mut world.conn().await, all_away).await, 11);
    assert!(told(0).await.is_empty());
    assert!(told(9).await.is_empty());
    let grown = told(1).await;
    assert_eq!(grown.len(), 1, "{grown:?}");
    assert!(grown[0].0.contains("10 tâches PROBE"), "{grown:?}");
    // All of it is one incident, and the worst is remembered.
    let open = incidents(&world, Some(true)).await;
    assert_eq!((&open["totalCount"], &open["nodes"][0]["figure"]), (&json!(1), &json!(22)));
    world.end_anyhow().await;
}

/// Nobody looked while every worker was down: nobody knows that it was over then.
#[tokio::test]
async fn an_end_is_told_only_after_somebody_looked_for_the_whole_quiet_time() {
    let (world, hands) = watched().await;
    dead(&world, 1).await;
    minutes(&world, 1).await;
    assert_eq!(world.mailbox.all().len(), 1);
    drop(hands);
    sql(&mut world.conn().await, "update job set state = 'CANCELLED' where state = 'DEAD'").await;
    world.clock.advance(TimeDelta::hours(1));
    let _hand = hand(&world, &folder(&world), |config| {
        config.watch = true;
        config.slots = vec![(Queue::Alerts, 1)];
    });
    pass(&world, TimeDelta::zero()).await;
    minutes(&world, 4).await;
    assert_eq!(world.mailbox.all().len(), 1, "it was looked for during four minutes only");
    minutes(&world, 1).await;
    let told: Vec<String> = world.mailbox.all().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|subject| subject.starts_with("Rentré dans l'ordre")), "{told:?}");
    world.end_anyhow().await;
}
