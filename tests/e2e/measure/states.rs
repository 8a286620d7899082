//! Where a request stands, day by day, as the calendar hangs in Paris.

use chrono::{Days, NaiveTime, TimeDelta};
use schema::foundation::calendar::{french_day, instant_in_paris};
use serde_json::{Value, json};
use tests::people::A;
use tests::{Client, World};

use super::desk::{answer, at, day, letter, read, register, world_from};

/// What an open request says `age` days after its reception, at the first and the last second of that day.
async fn follows(world: &World, bruno: &Client, received_on: &str) {
    let received = day(received_on);
    let due_on = received + Days::new(14);
    let request = register(bruno, letter(A, received_on)).await;
    let rule = format!(
        "Courrier reçu le {} ; réponse attendue sous 14 jours calendaires (jours de Paris), soit au plus tard le {}.",
        french_day(received),
        french_day(due_on)
    );
    for (age, state, standing) in [
        (0, "IN_PROGRESS", "Il reste 14 jours."),
        (1, "IN_PROGRESS", "Il reste 13 jours."),
        (7, "IN_PROGRESS", "Il reste 7 jours."),
        (8, "IN_PROGRESS", "Il reste 6 jours."),
        (13, "IN_PROGRESS", "Il reste 1 jour."),
        (14, "IN_PROGRESS", "C'est le dernier jour."),
        (15, "OVERDUE", "La limite est dépassée de 1 jour."),
        (29, "OVERDUE", "La limite est dépassée de 15 jours."),
        (30, "OVERDUE", "La limite est dépassée de 16 jours."),
    ] {
        let midnight = |after: u64| instant_in_paris(received + Days::new(after), NaiveTime::MIN);
        for instant in [midnight(age), midnight(age + 1) - TimeDelta::seconds(1)] {
            world.clock.set(instant);
            let now = read(bruno, &request).await;
            assert_eq!(now["state"], state, "at {instant}");
            assert_eq!(now["ageDays"], age.max(1), "at {instant}");
            assert_eq!(now["deadlineExplanation"], format!("{rule} {standing}"), "at {instant}");
            assert_eq!(now["dueOn"], due_on.to_string());
            assert_eq!(now["delayDays"], Value::Null);
        }
    }
}

#[tokio::test]
async fn an_open_request_ages_by_days_of_paris_through_the_spring_change() {
    // Summer time begins on Sunday 29 March: the 7th day has 23 hours.
    let world = world_from("2026-03-22T11:00:00Z").await;
    let bruno = world.person("bruno").await;
    follows(&world, &bruno, "2026-03-22").await;
    // The limit ends at 22 h UTC there, an hour earlier than in winter.
    assert_eq!(instant_in_paris(day("2026-04-06"), NaiveTime::MIN), at("2026-04-05T22:00:00Z"));
    world.end_anyhow().await;
}

#[tokio::test]
async fn an_open_request_ages_by_days_of_paris_through_the_autumn_change() {
    // Winter time begins on Sunday 25 October: the 7th day has 25 hours.
    let world = world_from("2026-10-18T11:00:00Z").await;
    let bruno = world.person("bruno").await;
    follows(&world, &bruno, "2026-10-18").await;
    assert_eq!(instant_in_paris(day("2026-11-02"), NaiveTime::MIN), at("2026-11-01T23:00:00Z"));
    world.end_anyhow().await;
}

/// What answers at the limits say, for a request whose weeks hold a change of hour.
async fn answers(now: &str, received_on: &str) {
    let world = world_from(now).await;
    let bruno = world.person("bruno").await;
    for (after, delay, state, standing) in [
        (0, 1, "ANSWERED", "délai de 1 jour : dans le délai."),
        (1, 1, "ANSWERED", "délai de 1 jour : dans le délai."),
        (2, 2, "ANSWERED", "délai de 2 jours : dans le délai."),
        (7, 7, "ANSWERED", "délai de 7 jours : dans le délai."),
        (8, 8, "ANSWERED", "délai de 8 jours : dans le délai."),
        (14, 14, "ANSWERED", "délai de 14 jours : dans le délai."),
        (15, 15, "ANSWERED_LATE", "délai de 15 jours : 1 jour après la limite."),
        (29, 29, "ANSWERED_LATE", "délai de 29 jours : 15 jours après la limite."),
        (30, 30, "ANSWERED_LATE", "délai de 30 jours : 16 jours après la limite."),
    ] {
        let answered_on = day(received_on) + Days::new(after);
        let request = register(&bruno, letter(A, received_on)).await;
        let answered = answer(&bruno, &request, &answered_on.to_string()).await;
        assert_eq!(answered["delayDays"], delay, "{answered_on}");
        assert_eq!(answered["state"], state, "{answered_on}");
        let told = answered["deadlineExplanation"].as_str().unwrap();
        let expected = format!("Réponse le {}, {standing}", french_day(answered_on));
        assert!(told.ends_with(&expected), "« {told} » does not end with « {expected} »");
    }
    world.end().await;
}

#[tokio::test]
async fn delays_are_calendar_days_through_the_spring_change() {
    answers("2026-06-01T11:00:00Z", "2026-03-22").await;
}

#[tokio::test]
async fn delays_are_calendar_days_through_the_autumn_change() {
    answers("2026-12-01T11:00:00Z", "2026-10-18").await;
}

#[tokio::test]
async fn the_register_of_a_day_takes_what_came_that_day_in_paris() {
    // One second before midnight in Paris on the eve of the spring change.
    let world = world_from("2026-03-28T22:59:59Z").await;
    let bruno = world.person("bruno").await;
    let sunday = letter(A, "2026-03-29");
    assert_eq!(
        bruno.refusals("writtenRequestRegister", sunday.clone()).await,
        ["DATE_IN_FUTURE receivedOn"]
    );
    world.later(TimeDelta::seconds(1)).await;
    let request = register(&bruno, sunday).await;
    assert_eq!(request["dueOn"], "2026-04-12");
    assert_eq!(at(request["createdAt"].as_str().unwrap()), at("2026-03-28T23:00:00Z"));
    // « Today » of an acknowledgement without a date is that day too.
    let input = json!({ "input": { "id": request["id"] } });
    let data = bruno.data(&super::desk::mutation("Acknowledge"), input).await;
    assert_eq!(data["writtenRequestAcknowledge"]["writtenRequest"]["acknowledgedOn"], "2026-03-29");
    world.end().await;
}
