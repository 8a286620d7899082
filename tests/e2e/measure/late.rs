//! A letter registered near or past its limit: its managers hear of it without waiting for the next morning.

use chrono::TimeDelta;
use serde_json::json;
use tests::World;
use tests::people::{A, DIRECTION};
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use super::desk::{answer, at, choose, fill, letter, register, settings, world_from};
use super::post::{diary, page, standings};

/// What arrived by now.
async fn after(world: &World, minutes: i64) -> Vec<String> {
    world.later(TimeDelta::minutes(minutes)).await;
    page(world).await.into_iter().collect()
}

#[tokio::test]
async fn a_letter_found_under_a_pile_is_told_within_minutes_and_not_again_the_next_morning() {
    let world = world_from("2026-02-10T09:00:00Z").await; // Tuesday, 10 h
    let bruno = world.person("bruno").await;
    choose(&world.person("elise").await, DIRECTION, "OWN").await;
    register(&bruno, letter(A, "2026-01-23")).await; // day 18
    register(&bruno, letter(A, "2026-01-29")).await; // day 12: inside the three days
    register(&bruno, letter(A, "2026-01-10")).await; // day 31: past the third reminder
    register(&bruno, letter(A, "2026-02-01")).await; // day 9: nothing to say yet
    assert_eq!(after(&world, 4).await, [""; 0], "a colleague may still be typing");
    let expected = [
        "2026-02-10 david 2026-00001: En retard de 4 jours",
        "2026-02-10 david 2026-00002: À traiter avant la fin du 12 février 2026",
        "2026-02-10 david 2026-00003: En retard de 17 jours (rappel n° 3)",
        "2026-02-10 elise 2026-00003: En retard de 17 jours (rappel n° 3)",
    ];
    assert_eq!(after(&world, 1).await, expected);

    // The ladder goes on from there, to Monday past the week-end.
    let expected = [
        "2026-02-12 david 2026-00004: À traiter avant la fin du 15 février 2026",
        "2026-02-13 david 2026-00002: En retard de 1 jour",
        "2026-02-16 david 2026-00001: En retard de 10 jours (rappel n° 2)",
        "2026-02-16 david 2026-00003: En retard de 23 jours (rappel n° 4)",
        "2026-02-16 david 2026-00004: En retard de 1 jour",
        "2026-02-16 elise 2026-00003: En retard de 23 jours (rappel n° 4)",
    ];
    assert_eq!(diary(&world, 6).await, expected);
    world.end().await;
}

#[tokio::test]
async fn a_pile_typed_in_one_after_the_other_makes_one_message() {
    let world = world_from("2026-02-10T09:00:00Z").await;
    let bruno = world.person("bruno").await;
    choose(&world.person("elise").await, DIRECTION, "NONE").await;
    for _ in 0..6 {
        register(&bruno, letter(A, "2026-01-23")).await;
        assert_eq!(after(&world, 4).await, [""; 0]);
    }
    // One of them is answered before the message leaves.
    let last = register(&bruno, letter(A, "2026-01-23")).await;
    answer(&bruno, &last, "2026-02-10").await;
    let expected: Vec<String> =
        (1..=6).map(|n| format!("2026-02-10 david 2026-{n:05}: En retard de 4 jours")).collect();
    assert_eq!(after(&world, 5).await, expected);
    // A second pile on the same day is a second message, about itself only.
    register(&bruno, letter(A, "2026-01-22")).await;
    assert_eq!(after(&world, 5).await, ["2026-02-10 david 2026-00008: En retard de 5 jours"]);
    world.later(TimeDelta::days(1)).await;
    assert!(world.mailbox.all().is_empty());
    world.end().await;
}

#[tokio::test]
async fn what_was_registered_on_friday_evening_is_told_once_on_monday_morning() {
    let smtp = Smtp::start(Behaviour::Accept).await;
    let start = at("2026-02-13T16:58:00Z"); // 17 h 58 in Paris
    let plan = Plan { settings: settings(), mail: Some(smtp.url()), start, ..Plan::default() };
    let world = World::with(plan).await;
    world.another_worker(&smtp.url()).await;
    let bruno = world.person("bruno").await;
    register(&bruno, letter(A, "2026-01-28")).await;
    for instant in ["2026-02-13T17:04", "2026-02-14T07:30", "2026-02-15T12:00", "2026-02-16T06:59"]
    {
        world.clock.set(at(&format!("{instant}:00Z")));
        world.later(TimeDelta::zero()).await;
        assert!(smtp.mails().is_empty(), "{instant}");
    }
    // The week-end's rounds planned the same for Monday: whoever comes first tells it.
    world.clock.set(at("2026-02-16T07:00:00Z"));
    world.later(TimeDelta::zero()).await;
    let mut told: Vec<String> = smtp
        .mails()
        .iter()
        .flat_map(|mail| standings(mail).into_iter().map(|one| format!("{} {one}", mail.to)))
        .collect();
    told.sort();
    let expected = ["david", "elise"]
        .map(|who| format!("{who}@exemple.test 2026-00001: En retard de 5 jours"));
    assert_eq!(told, expected);
    world.later(TimeDelta::hours(3)).await;
    assert_eq!(smtp.mails().len(), 2);
    world.end().await;
}

#[tokio::test]
async fn a_register_that_comes_in_as_a_file_waits_for_the_morning() {
    let world = world_from("2026-02-10T09:00:00Z").await;
    let bruno = world.person("bruno").await;
    fill(&bruno, A, &[("R", "courrier", "2026-01-23", "", "")]).await;
    register(&bruno, letter(A, "2026-02-10")).await;
    let waiting = "{ jobs(filter: { kind: DIGEST_WRITTEN_REQUESTS }) { totalCount } }";
    let iris = world.person("iris").await;
    assert_eq!(iris.data(waiting, json!({})).await["jobs"]["totalCount"], 0);
    assert_eq!(after(&world, 600).await, [""; 0]);
    world.clock.set(at("2026-02-11T07:02:00Z"));
    let expected =
        ["david", "elise"].map(|who| format!("2026-02-11 {who} R: En retard de 5 jours"));
    assert_eq!(after(&world, 0).await, expected);
    world.end().await;
}
