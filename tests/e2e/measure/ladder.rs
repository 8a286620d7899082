//! One letter that nobody answers, told day by day through the mailboxes of those who hear of it.

use chrono::TimeDelta;
use schema::foundation::settings::Settings;
use tests::World;
use tests::people::{A, DIRECTION};
use tests::world::Plan;

use super::desk::{at, choose, fill, letter, register, settings, world_from};
use super::post::diary;

#[tokio::test]
async fn ten_weeks_of_one_unanswered_letter() {
    // Registered on a Saturday, so that every stage falls on a Sunday but the alert; Easter and the
    // change of hour are on the way.
    let world = world_from("2026-03-07T07:00:30Z").await;
    let (bruno, elise) = (world.person("bruno").await, world.person("elise").await);
    choose(&elise, DIRECTION, "OWN").await;
    register(&bruno, letter(A, "2026-03-07")).await;

    let diary = diary(&world, 70).await;
    let expected = [
        "2026-03-18 david 2026-00001: À traiter avant la fin du 21 mars 2026",
        "2026-03-23 david 2026-00001: En retard de 2 jours",
        "2026-03-30 david 2026-00001: En retard de 9 jours (rappel n° 2)", // Sunday lost an hour
        "2026-04-07 david 2026-00001: En retard de 17 jours (rappel n° 3)", // after Easter Monday
        "2026-04-07 elise 2026-00001: En retard de 17 jours (rappel n° 3)",
        "2026-04-13 david 2026-00001: En retard de 23 jours (rappel n° 4)",
        "2026-04-13 elise 2026-00001: En retard de 23 jours (rappel n° 4)",
        "2026-04-20 david 2026-00001: En retard de 30 jours (rappel n° 5)",
        "2026-04-20 elise 2026-00001: En retard de 30 jours (rappel n° 5)",
        "2026-04-27 david 2026-00001: En retard de 37 jours (rappel n° 6)",
        "2026-04-27 elise 2026-00001: En retard de 37 jours (rappel n° 6)",
        "2026-05-04 david 2026-00001: En retard de 44 jours (rappel n° 7)",
        "2026-05-04 elise 2026-00001: En retard de 44 jours (rappel n° 7)",
        "2026-05-11 david 2026-00001: En retard de 51 jours (rappel n° 8)",
        "2026-05-11 elise 2026-00001: En retard de 51 jours (rappel n° 8)",
    ];
    assert_eq!(diary, expected);
    world.end().await;
}

#[tokio::test]
async fn the_ladder_is_a_setting() {
    let ladder = Settings {
        alert_before_days: 5,
        reminder_every_days: 3,
        reminder_escalation: 2,
        ..settings()
    };
    let start = at("2026-01-12T07:02:00Z");
    let world = World::with(Plan {
        settings: Settings { quiet_hours: false, ..ladder },
        start,
        ..Plan::default()
    })
    .await;
    choose(&world.person("elise").await, DIRECTION, "OWN").await;
    let bruno = world.person("bruno").await;
    fill(&bruno, A, &[("R", "courrier", "2026-01-05", "", "")]).await;
    // Without quiet hours a Saturday is a day like another.
    let expected = [
        "2026-01-14 david R: À traiter avant la fin du 19 janvier 2026",
        "2026-01-20 david R: En retard de 1 jour",
        "2026-01-23 david R: En retard de 4 jours (rappel n° 2)",
        "2026-01-23 elise R: En retard de 4 jours (rappel n° 2)",
        "2026-01-26 david R: En retard de 7 jours (rappel n° 3)",
        "2026-01-26 elise R: En retard de 7 jours (rappel n° 3)",
    ];
    assert_eq!(diary(&world, 14).await, expected);
    world.later(TimeDelta::days(3)).await; // Thursday the 29th
    assert_eq!(world.mailbox.all().len(), 2);
    world.end().await;
}
