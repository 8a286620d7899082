//! The final answer leaves, once.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::future::join_all;
use schema::tables::job;
use serde_json::{Value, json};
use tests::people::A;
use tests::{Client, World};

use super::desk::{
    acknowledge, acknowledge_by_email, answer, letter, mutation, read, register, with,
};
use super::trail::trail;

#[tokio::test]
async fn an_answer_stops_the_clock_and_keeps_its_nature() {
    let world = World::new().await;
    let (bruno, david) = (world.person("bruno").await, world.person("david").await);
    for (nature, on, delay) in [
        ("INFORMATION", "2026-01-05", 1),
        ("ACCEPTANCE", "2026-01-06", 1),
        ("PARTIAL_ACCEPTANCE", "2026-01-07", 2),
        ("REFUSAL", "2026-01-08", 3),
        ("TRANSFER", "2026-01-09", 4),
        ("NO_FOLLOW_UP", "2026-01-11", 6),
        ("OTHER", "2026-01-12", 7),
    ] {
        let request = register(&bruno, letter(A, "2026-01-05")).await;
        acknowledge(&david, &request, "2026-01-05").await;
        let input = json!({ "input": { "id": request["id"], "answeredOn": on, "nature": nature } });
        let answered = david.data(&mutation("Answer"), input).await["writtenRequestAnswer"].take();
        assert_eq!(answered["userErrors"], json!([]), "{nature}");
        let answered = &answered["writtenRequest"];
        assert_eq!(answered["answeredOn"], on);
        assert_eq!(answered["answerNature"], nature);
        assert_eq!(answered["delayDays"], delay, "{on}");
        assert_eq!(answered["state"], "ANSWERED");
        assert_eq!(answered["acknowledgedOn"], "2026-01-05");
        assert_eq!(&read(&bruno, &request).await, answered);
    }
    world.end().await;
}

/// The codes that a crowd got: one try each, all at once, half of them through another server.
async fn at_once(world: &World, bruno: &Client, verb: &str, input: &Value) -> Vec<String> {
    let there =
        Client::new(&world.another_server().await).with_token(bruno.token.as_deref().unwrap());
    let verb = format!("writtenRequest{verb}");
    let tries =
        (0..12).map(|n| if n % 2 == 0 { bruno } else { &there }.refusals(&verb, input.clone()));
    let mut codes: Vec<String> =
        join_all(tries).await.into_iter().map(|codes| codes.join(", ")).collect();
    codes.sort();
    codes
}

#[tokio::test]
async fn of_colleagues_who_answer_at_the_same_moment_exactly_one_succeeds() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let request = register(&bruno, letter(A, "2026-01-05")).await;
    let input = json!({ "id": request["id"], "answeredOn": "2026-01-09", "nature": "REFUSAL" });
    let codes = at_once(&world, &bruno, "Answer", &input).await;
    assert_eq!(codes[0], "", "one succeeded");
    assert_eq!(codes[1..], ["ALREADY_ANSWERED id"; 11]);
    assert_eq!(trail(&world, "written_request.answer").await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn of_colleagues_who_acknowledge_at_the_same_moment_one_writes_to_the_sender() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let typed = with(letter(A, "2026-01-05"), json!({ "senderEmail": "eloise@exemple.test" }));
    let request = register(&bruno, typed).await;
    let input = json!({ "id": request["id"], "sendEmail": true });
    let codes = at_once(&world, &bruno, "Acknowledge", &input).await;
    assert_eq!(codes[0], "", "one succeeded");
    assert_eq!(codes[1..], ["ALREADY_ACKNOWLEDGED id"; 11]);
    world.settle().await;
    assert_eq!(world.mailbox.to("eloise@exemple.test").len(), 1);
    let jobs: i64 = job::table
        .filter(job::kind.eq("ACKNOWLEDGE_WRITTEN_REQUEST"))
        .count()
        .get_result(&mut world.conn().await)
        .await
        .unwrap();
    assert_eq!(jobs, 1);
    world.end().await;
}

#[tokio::test]
async fn an_answer_may_be_written_down_days_later_and_still_counts_from_its_own_day() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let typed = with(letter(A, "2025-12-20"), json!({ "senderEmail": "eloise@exemple.test" }));
    let request = register(&bruno, typed).await;
    assert_eq!(request["state"], "OVERDUE");
    // The acknowledgement leaves too late to promise anything; the answer of 3 January came in time.
    acknowledge_by_email(&bruno, &request).await;
    let told = bruno
        .refusals(
            "writtenRequestAnswer",
            json!({ "id": request["id"], "answeredOn": "2026-01-03", "nature": "REFUSAL" }),
        )
        .await;
    assert_eq!(
        told,
        ["DATE_BEFORE_RECEPTION answeredOn"],
        "not before its acknowledgement, sent today"
    );
    let other = register(&bruno, letter(A, "2025-12-20")).await;
    let answered = answer(&bruno, &other, "2026-01-03").await;
    assert_eq!((&answered["state"], &answered["delayDays"]), (&json!("ANSWERED"), &json!(14)));
    world.settle().await;
    world.end().await;
}
