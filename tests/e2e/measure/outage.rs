//! Nothing is told twice, whoever sweeps, and after an outage only what is true now.

use chrono::TimeDelta;
use futures_util::future::join_all;
use schema::measure::written_request::reminder;
use schema::operate::job::{self, JobKind, NewJob};
use schema::operate::schedule;
use serde_json::json;
use tests::World;
use tests::people::{A, B, DIRECTION};
use tests::smtp::{Behaviour, Smtp};
use tests::world::{Plan, redis_url};
use tokio_util::sync::CancellationToken;

use super::desk::{at, choose, file, fill, import, letter, register, settings, world_from};
use super::post::{page, standings};

/// Everything a mail server took, as « whom reference: standing », in order of people and requests.
fn taken(smtp: &Smtp) -> Vec<String> {
    let of = |mail: &tests::mailbox::Mail| {
        let who = mail.to.split('@').next().unwrap().to_owned();
        standings(mail).into_iter().map(move |one| format!("{who} {one}"))
    };
    let mut all: Vec<String> = smtp.mails().iter().flat_map(of).collect();
    all.sort();
    all
}

#[tokio::test]
async fn three_workers_that_all_sweep_at_once_tell_each_thing_once() {
    let smtp = Smtp::start(Behaviour::Accept).await;
    let start = at("2026-02-09T07:02:00Z");
    let world = World::with(Plan {
        settings: settings(),
        mail: Some(smtp.url()),
        start,
        ..Plan::default()
    })
    .await;
    world.another_worker(&smtp.url()).await;
    world.another_worker(&smtp.url()).await;
    fill(
        &world.person("bruno").await,
        A,
        &[("A-1", "courrier", "2026-01-20", "", ""), ("A-2", "courriel", "2026-01-29", "", "")],
    )
    .await;
    fill(&world.person("chloe").await, B, &[("B-1", "courrier", "2026-01-26", "", "")]).await;

    // The schedule ticks; four others sweep beside it, as jobs and directly.
    world.clock.set(at("2026-02-10T07:02:00Z"));
    let now = world.clock.now();
    let mut conn = world.conn().await;
    for _ in 0..2 {
        let sweep = NewJob::new(JobKind::RemindWrittenRequests, json!({ "planned": now }));
        job::enqueue(&mut conn, now, sweep).await.unwrap();
    }
    let found =
        join_all([reminder::sweep(&world.app, now), reminder::sweep(&world.app, now)]).await;
    let enqueued: usize = found.iter().map(|report| report.as_ref().unwrap().enqueued).sum();
    assert!(enqueued <= 2, "at most one digest for each manager");
    world.later(TimeDelta::zero()).await;
    let expected = [
        "david A-1: En retard de 7 jours",
        "david A-2: À traiter avant la fin du 12 février 2026",
        "elise A-1: En retard de 7 jours",
        "elise A-2: À traiter avant la fin du 12 février 2026",
        "elise B-1: En retard de 1 jour",
    ];
    assert_eq!(taken(&smtp), expected);
    assert_eq!(smtp.mails().len(), 2, "one message to each");

    // Sweeping again finds nobody who has anything to hear.
    let again = reminder::sweep(&world.app, world.clock.now()).await.unwrap();
    assert_eq!((again.due, again.managers, again.enqueued), (3, 0, 0));
    world.later(TimeDelta::hours(1)).await;
    assert_eq!(smtp.mails().len(), 2);
    world.end().await;
}

#[tokio::test]
async fn looking_ahead_changes_nothing() {
    let world = world_from("2026-02-09T07:02:00Z").await;
    fill(
        &world.person("bruno").await,
        A,
        &[("A-1", "courrier", "2026-01-20", "", ""), ("A-2", "courriel", "2026-01-29", "", "")],
    )
    .await;
    for _ in 0..2 {
        let found = reminder::preview(&world.app, at("2026-02-10T07:00:00Z")).await.unwrap();
        assert_eq!((found.day, found.due, found.capped), ("2026-02-10".parse().unwrap(), 2, false));
        let figures: Vec<_> =
            found.managers.iter().map(|one| (one.approaching, one.overdue)).collect();
        assert_eq!(figures, [(1, 1), (1, 1)]);
    }
    world.settle().await;
    assert!(world.mailbox.all().is_empty());
    world.later(TimeDelta::days(1)).await;
    assert_eq!(page(&world).await.len(), 4);
    world.end().await;
}

#[tokio::test]
async fn after_three_weeks_without_a_worker_only_the_present_stage_is_told() {
    let start = at("2026-01-12T07:02:00Z");
    let world =
        World::with(Plan { settings: settings(), start, worker: false, ..Plan::default() }).await;
    let bruno = world.person("bruno").await;
    choose(&world.person("elise").await, DIRECTION, "OWN").await;
    let dir = world.mailbox.as_mail();
    let work = |stop: &CancellationToken| {
        let config = worker::Config::new(&world.database_url, &redis_url(), &dir).unwrap();
        tokio::spawn(worker::run(config, world.app.clone(), stop.clone()))
    };

    // The first worker tells of one letter on its 15th day, then is stopped.
    let stop = CancellationToken::new();
    let first = work(&stop);
    register(&bruno, letter(A, "2025-12-29")).await;
    world.later(TimeDelta::days(1)).await;
    assert_eq!(
        page(&world).await.into_iter().collect::<Vec<_>>(),
        ["2026-01-13 david 2025-00001: En retard de 1 jour"]
    );
    stop.cancel();
    first.await.unwrap().unwrap();

    // Three weeks of letters, and nobody to tell.
    for received_on in ["2026-01-05", "2026-01-12", "2026-01-21", "2026-01-31"] {
        world.clock.set(at(&format!("{received_on}T10:00:00Z")).max(world.clock.now()));
        register(&bruno, letter(A, received_on)).await;
    }
    world.clock.set(at("2026-02-03T09:00:00Z"));
    let stop = CancellationToken::new();
    let second = work(&stop);
    world.later(TimeDelta::zero()).await;
    let told: Vec<_> = page(&world).await.into_iter().collect();
    let expected = [
        "2026-02-03 david 2025-00001: En retard de 22 jours (rappel n° 4)", // the 2nd and 3rd are past
        "2026-02-03 david 2026-00001: En retard de 15 jours (rappel n° 3)",
        "2026-02-03 david 2026-00002: En retard de 8 jours (rappel n° 2)",
        "2026-02-03 david 2026-00003: À traiter avant la fin du 4 février 2026 (demain)",
        "2026-02-03 elise 2025-00001: En retard de 22 jours (rappel n° 4)",
        "2026-02-03 elise 2026-00001: En retard de 15 jours (rappel n° 3)",
    ];
    assert_eq!(told, expected);
    world.later(TimeDelta::hours(3)).await;
    assert!(world.mailbox.all().is_empty());
    stop.cancel();
    second.await.unwrap().unwrap();
    world.end().await;
}

#[tokio::test]
async fn a_day_is_swept_once_however_often_the_clock_is_looked_at() {
    let world = world_from("2026-02-09T07:02:00Z").await;
    fill(&world.person("bruno").await, A, &[("A-1", "courrier", "2026-01-20", "", "")]).await;
    world.later(TimeDelta::days(1)).await;
    assert_eq!(page(&world).await.len(), 2);
    let mut conn = world.conn().await;
    for _ in 0..3 {
        assert_eq!(schedule::service::tick(&mut conn, world.clock.now()).await.unwrap(), 0);
    }
    let iris = world.person("iris").await;
    let sweeps = "{ jobs(filter: { kind: REMIND_WRITTEN_REQUESTS }) { nodes { state report } } }";
    let nodes = iris.data(sweeps, json!({})).await["jobs"]["nodes"].take();
    let report =
        json!({ "day": "2026-02-10", "due": 1, "managers": 2, "enqueued": 2, "capped": false });
    assert_eq!(nodes[0], json!({ "state": "DONE", "report": report }));
    assert_eq!(nodes.as_array().unwrap().len(), 2, "one for each of the two days");
    world.end().await;
}

#[tokio::test]
async fn a_reception_corrected_in_the_register_starts_its_ladder_anew() {
    let world = world_from("2026-02-09T07:02:00Z").await;
    let bruno = world.person("bruno").await;
    choose(&world.person("elise").await, DIRECTION, "NONE").await;
    fill(&bruno, A, &[("R", "courrier", "2026-01-20", "", "")]).await;
    world.later(TimeDelta::days(1)).await;
    assert_eq!(
        page(&world).await.into_iter().collect::<Vec<_>>(),
        ["2026-02-10 david R: En retard de 7 jours"]
    );
    // It came a week later than first written: its first reminder is due again.
    let corrected = import(&bruno, A, &file(&[("R", "courrier", "2026-01-27", "", "")])).await;
    assert_eq!(corrected["report"]["updated"], 1);
    world.later(TimeDelta::days(1)).await;
    assert_eq!(
        page(&world).await.into_iter().collect::<Vec<_>>(),
        ["2026-02-11 david R: En retard de 1 jour"]
    );
    world.end().await;
}
