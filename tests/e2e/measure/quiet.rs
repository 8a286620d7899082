//! Reminders keep to working hours in France; what fell on a free day leaves on the next working morning.

use chrono::TimeDelta;
use schema::foundation::settings::Settings;
use tests::World;
use tests::people::A;
use tests::world::Plan;

use super::desk::{at, choose, fill, settings, world_from};
use super::post::page;

/// Goes to an instant, lets the work that is due be done, and reads what arrived.
async fn arrived(world: &World, instant: &str) -> Vec<String> {
    world.clock.set(at(instant));
    world.later(TimeDelta::zero()).await;
    page(world).await.into_iter().collect()
}

#[tokio::test]
async fn a_reminder_of_the_fourteenth_of_july_and_one_of_a_saturday_wait_for_the_next_working_morning()
 {
    let world = world_from("2026-07-13T09:00:00Z").await; // Monday, 11 h in Paris
    let bruno = world.person("bruno").await;
    choose(&world.person("elise").await, tests::people::DIRECTION, "NONE").await;
    fill(
        &bruno,
        A,
        &[
            ("fête", "courrier", "2026-06-29", "", ""), // 15th day: Tuesday 14 July
            ("samedi", "courrier", "2026-07-03", "", ""), // 15th day: Saturday 18 July
        ],
    )
    .await;

    for hour in ["06:00:00", "12:00:00", "21:59:59"] {
        assert_eq!(arrived(&world, &format!("2026-07-14T{hour}Z")).await, [""; 0]);
    }
    assert_eq!(arrived(&world, "2026-07-15T05:59:59Z").await, [""; 0], "not before 8 h");
    let alert = "2026-07-15 david samedi: À traiter avant la fin du 17 juillet 2026";
    let reminder = "2026-07-15 david fête: En retard de 2 jours";
    assert_eq!(arrived(&world, "2026-07-15T06:00:00Z").await, [reminder, alert]);

    for free in [
        "2026-07-16T10:00",
        "2026-07-17T10:00",
        "2026-07-18T06:00",
        "2026-07-18T12:00",
        "2026-07-19T06:00",
    ] {
        assert_eq!(arrived(&world, &format!("{free}:00Z")).await, [""; 0], "{free}");
    }
    assert_eq!(arrived(&world, "2026-07-20T05:59:59Z").await, [""; 0]);
    // Only what changed since: the other one climbs its ladder tomorrow.
    assert_eq!(
        arrived(&world, "2026-07-20T06:00:00Z").await,
        ["2026-07-20 david samedi: En retard de 3 jours"]
    );
    let second = "2026-07-21 david fête: En retard de 8 jours (rappel n° 2)";
    assert_eq!(arrived(&world, "2026-07-21T06:00:00Z").await, [second]);
    world.end().await;
}

#[tokio::test]
async fn a_worker_that_comes_back_in_the_evening_waits_for_the_morning() {
    let start = at("2026-02-13T18:30:00Z"); // Friday, 19 h 30 in Paris
    let world =
        World::with(Plan { settings: settings(), start, worker: false, ..Plan::default() }).await;
    let bruno = world.person("bruno").await;
    fill(&bruno, A, &[("R", "courrier", "2026-01-29", "", "")]).await;
    // The morning's round is made now, twelve hours late; what it found leaves on Monday.
    world.another_worker(&world.mailbox.as_mail()).await;
    world.later(TimeDelta::zero()).await;
    for waiting in [
        "2026-02-13T23:00:00Z",
        "2026-02-14T10:00:00Z",
        "2026-02-15T10:00:00Z",
        "2026-02-16T06:59:59Z",
    ] {
        assert_eq!(arrived(&world, waiting).await, [""; 0], "{waiting}");
    }
    let both = ["david", "elise"].map(|who| format!("2026-02-16 {who} R: En retard de 4 jours"));
    assert_eq!(arrived(&world, "2026-02-16T07:00:00Z").await, both);
    world.end().await;
}

#[tokio::test]
async fn an_alert_that_would_come_on_free_days_only_comes_before_them() {
    // Easter Monday is a limit; with one day of notice the alert would fall on Sunday.
    let notice = Settings { alert_before_days: 1, ..settings() };
    let start = at("2026-04-01T06:02:00Z");
    let world = World::with(Plan { settings: notice, start, ..Plan::default() }).await;
    let bruno = world.person("bruno").await;
    choose(&world.person("elise").await, tests::people::DIRECTION, "NONE").await;
    fill(&bruno, A, &[("pâques", "courrier", "2026-03-23", "", "")]).await;
    assert_eq!(arrived(&world, "2026-04-02T06:02:00Z").await, [""; 0]);
    let alert = "2026-04-03 david pâques: À traiter avant la fin du 6 avril 2026";
    assert_eq!(arrived(&world, "2026-04-03T06:02:00Z").await, [alert], "Friday");
    for free in ["2026-04-04", "2026-04-05", "2026-04-06"] {
        assert_eq!(arrived(&world, &format!("{free}T06:02:00Z")).await, [""; 0], "{free}");
    }
    let late = "2026-04-07 david pâques: En retard de 1 jour";
    assert_eq!(arrived(&world, "2026-04-07T06:02:00Z").await, [late]);
    world.end().await;
}

#[tokio::test]
async fn a_message_kept_back_for_the_night_says_what_is_true_in_the_morning() {
    // The mail server is down all day Thursday; the message may leave on Friday at 8 h only.
    let smtp = tests::smtp::Smtp::start(tests::smtp::Behaviour::Later).await;
    let start = at("2026-02-12T06:58:00Z");
    let world = World::with(Plan {
        settings: settings(),
        start,
        mail: Some(smtp.url()),
        ..Plan::default()
    })
    .await;
    let bruno = world.person("bruno").await;
    choose(&world.person("elise").await, tests::people::DIRECTION, "NONE").await;
    fill(
        &bruno,
        A,
        &[("R", "courrier", "2026-01-28", "", ""), ("S", "courrier", "2026-01-28", "", "")],
    )
    .await;
    for hour in ["07:00", "07:01", "07:06", "07:21", "08:21", "12:21"] {
        arrived(&world, &format!("2026-02-12T{hour}:00Z")).await;
    }
    smtp.behave(tests::smtp::Behaviour::Accept);
    let iris = world.person("iris").await;
    let waiting =
        "{ jobs(filter: { kind: DIGEST_WRITTEN_REQUESTS }) { nodes { state attempt error } } }";
    let jobs = iris.data(waiting, serde_json::json!({})).await["jobs"]["nodes"].take();
    assert_eq!((&jobs[0]["state"], &jobs[0]["attempt"]), (&"READY".into(), &6.into()), "{jobs}");

    // Its next try falls into the night, when it waits; meanwhile S is answered.
    arrived(&world, "2026-02-13T00:21:00Z").await;
    super::desk::answer(&bruno, &request(&bruno, "S").await, "2026-02-13").await;
    arrived(&world, "2026-02-13T06:59:59Z").await;
    assert!(smtp.mails().is_empty());
    arrived(&world, "2026-02-13T07:00:00Z").await;
    let told: Vec<_> = smtp.mails().iter().flat_map(super::post::standings).collect();
    assert_eq!(told, ["R: En retard de 2 jours"]);
    arrived(&world, "2026-02-16T07:00:00Z").await;
    assert_eq!(smtp.mails().len(), 1);
    world.end().await;
}

/// A request by its reference.
async fn request(who: &tests::Client, reference: &str) -> serde_json::Value {
    let query = "query($search: String) { writtenRequests(filter: { search: $search }) { nodes { id reference } } }";
    let found = who.data(query, serde_json::json!({ "search": reference })).await["writtenRequests"]["nodes"].take();
    let nodes = found.as_array().unwrap();
    nodes.iter().find(|node| node["reference"] == reference).unwrap().clone()
}
