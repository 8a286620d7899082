//! What the register refuses, in words for somebody who can mend it, with nothing written.

use serde_json::{Value, json};
use tests::people::{A, B};
use tests::{Client, World};

use super::desk::{acknowledge, answer, letter, mutation, read, register, seen, with};

async fn refused(bruno: &Client, other: Value) -> Vec<String> {
    bruno.refusals("writtenRequestRegister", with(letter(A, "2026-01-05"), other)).await
}

#[tokio::test]
async fn every_fault_of_a_registration_is_told_at_once_and_nothing_is_written() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let everything = json!({
        "structure": "INCONNUE1",
        "reference": "R".repeat(61),
        "medium": "EMAIL",
        "subject": "\u{7}",
        "senderName": "   ",
        "senderEmail": "éloïse sans arobase",
        "senderAddress": "x".repeat(501),
        "receivedOn": "2026-01-13",
        "acknowledgedOn": "2026-01-14",
    });
    let told = bruno.refusals("writtenRequestRegister", everything).await;
    let expected = [
        "UNKNOWN_STRUCTURE structure",
        "TEXT_TOO_LONG reference",
        "CONTROL_CHARACTERS subject",
        "EMPTY_TEXT senderName",
        "INVALID_EMAIL senderEmail",
        "TEXT_TOO_LONG senderAddress",
        "DATE_IN_FUTURE receivedOn",
        "DATE_IN_FUTURE acknowledgedOn",
    ];
    assert_eq!(told, expected);
    assert_eq!(seen(&bruno).await, 0);
    world.end().await;
}

#[tokio::test]
async fn each_limit_of_a_registration_holds_on_both_sides() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    for (other, expected) in [
        (json!({ "reference": "é".repeat(61) }), "TEXT_TOO_LONG reference"),
        (json!({ "reference": "A\nB" }), "CONTROL_CHARACTERS reference"),
        (json!({ "subject": "é".repeat(301) }), "TEXT_TOO_LONG subject"),
        (json!({ "subject": "Ligne 1\nLigne 2" }), "CONTROL_CHARACTERS subject"),
        (json!({ "subject": "" }), "EMPTY_TEXT subject"),
        (json!({ "senderName": "é".repeat(201) }), "TEXT_TOO_LONG senderName"),
        (
            json!({ "senderName": "Jean\r\nBcc: tous@exemple.test" }),
            "CONTROL_CHARACTERS senderName",
        ),
        (json!({ "senderEmail": "jean@exemple.test\r\nBcc: x@y.fr" }), "INVALID_EMAIL senderEmail"),
        (json!({ "senderAddress": "3 rue\u{1b}[2J" }), "CONTROL_CHARACTERS senderAddress"),
        (json!({ "receivedOn": "2026-01-13" }), "DATE_IN_FUTURE receivedOn"),
        (json!({ "receivedOn": "1999-12-31" }), "DATE_TOO_OLD receivedOn"),
        (json!({ "receivedOn": "1926-01-05" }), "DATE_TOO_OLD receivedOn"),
        (json!({ "acknowledgedOn": "2026-01-04" }), "DATE_BEFORE_RECEPTION acknowledgedOn"),
        (json!({ "acknowledgedOn": "2026-01-13" }), "DATE_IN_FUTURE acknowledgedOn"),
        (json!({ "acknowledgeByEmail": true }), "SENDER_ADDRESS_MISSING senderEmail"),
        (
            json!({ "acknowledgeByEmail": true, "senderEmail": " " }),
            "SENDER_ADDRESS_MISSING senderEmail",
        ),
        (
            json!({ "acknowledgeByEmail": true, "senderEmail": "e@exemple.test", "acknowledgedOn": "2026-01-11" }),
            "ALREADY_ACKNOWLEDGED acknowledgedOn",
        ),
    ] {
        assert_eq!(refused(&bruno, other.clone()).await, [expected], "{other}");
    }
    assert_eq!(seen(&bruno).await, 0);
    world.settle().await;
    assert!(world.mailbox.all().is_empty());

    let just_right = json!({
        "reference": "é".repeat(60),
        "subject": "é".repeat(300),
        "senderName": "é".repeat(200),
        "senderAddress": format!("{}\n{}", "é".repeat(250), "é".repeat(249)),
        "receivedOn": "2000-01-01",
        "acknowledgedOn": "2000-01-01",
    });
    register(&bruno, with(letter(A, "2026-01-05"), just_right)).await;
    register(&bruno, letter(A, "2026-01-12")).await;
    world.end().await;
}

#[tokio::test]
async fn a_reference_serves_once_in_its_structure_and_may_serve_elsewhere() {
    let world = World::new().await;
    let (bruno, chloe) = (world.person("bruno").await, world.person("chloe").await);
    let named = |structure| with(letter(structure, "2026-01-05"), json!({ "reference": "CAF-7" }));
    register(&bruno, named(A)).await;
    let again = with(named(A), json!({ "subject": "Une autre", "reference": " CAF-7 " }));
    assert_eq!(
        bruno.refusals("writtenRequestRegister", again).await,
        ["DUPLICATE_REFERENCE reference"]
    );
    register(&chloe, named(B)).await;
    assert_eq!((seen(&bruno).await, seen(&chloe).await), (1, 1));
    world.end().await;
}

#[tokio::test]
async fn a_request_is_acknowledged_and_answered_once_and_in_order() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let request = register(&bruno, letter(A, "2026-01-06")).await;
    let id = &request["id"];
    let acknowledging = async |other: Value| {
        bruno.refusals("writtenRequestAcknowledge", with(json!({ "id": id }), other)).await
    };
    let answering = async |on: &str| {
        let input = json!({ "id": id, "answeredOn": on, "nature": "REFUSAL" });
        bruno.refusals("writtenRequestAnswer", input).await
    };

    assert_eq!(
        acknowledging(json!({ "acknowledgedOn": "2026-01-05" })).await,
        ["DATE_BEFORE_RECEPTION acknowledgedOn"]
    );
    assert_eq!(
        acknowledging(json!({ "acknowledgedOn": "2026-01-13" })).await,
        ["DATE_IN_FUTURE acknowledgedOn"]
    );
    assert_eq!(
        acknowledging(json!({ "sendEmail": true })).await,
        ["SENDER_ADDRESS_MISSING sendEmail"]
    );
    assert_eq!(answering("2026-01-05").await, ["DATE_BEFORE_RECEPTION answeredOn"]);
    assert_eq!(answering("2026-01-13").await, ["DATE_IN_FUTURE answeredOn"]);
    assert_eq!(read(&bruno, &request).await, request, "nothing of it was written");

    acknowledge(&bruno, &request, "2026-01-08").await;
    assert_eq!(acknowledging(json!({})).await, ["ALREADY_ACKNOWLEDGED id"]);
    assert_eq!(
        answering("2026-01-07").await,
        ["DATE_BEFORE_RECEPTION answeredOn"],
        "before its acknowledgement"
    );
    let answered = answer(&bruno, &request, "2026-01-08").await;
    assert_eq!(answering("2026-01-09").await, ["ALREADY_ANSWERED id"]);
    assert_eq!(read(&bruno, &request).await, answered);

    // An acknowledgement forgotten at the time may be written down later, between its two neighbours.
    let other = register(&bruno, letter(A, "2026-01-06")).await;
    answer(&bruno, &other, "2026-01-09").await;
    let late = json!({ "id": other["id"], "acknowledgedOn": "2026-01-10" });
    let told = bruno.refusals("writtenRequestAcknowledge", late).await;
    assert_eq!(told, ["DATE_BEFORE_RECEPTION acknowledgedOn"]);
    assert_eq!(acknowledge(&bruno, &other, "2026-01-09").await["acknowledgedOn"], "2026-01-09");
    world.end().await;
}

#[tokio::test]
async fn words_and_days_that_do_not_exist_never_reach_the_register() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    for other in [
        json!({ "medium": "PIGEON" }),
        json!({ "medium": "letter" }),
        json!({ "medium": null }),
        json!({ "receivedOn": "2026-02-30" }),
        json!({ "receivedOn": "12/01/2026" }),
        json!({ "receivedOn": "0026-01-05" }),
        json!({ "receivedOn": "12026-01-05" }),
        json!({ "receivedOn": "" }),
        json!({ "subject": null }),
        json!({ "subject": 12 }),
        json!({ "senderName": "Nul\u{0}" }),
        json!({ "inconnu": 1 }),
    ] {
        let input = with(letter(A, "2026-01-05"), other.clone());
        let code = bruno.error(&mutation("Register"), json!({ "input": input })).await;
        assert_eq!(code, "BAD_USER_INPUT", "{other}");
    }
    let request = register(&bruno, letter(A, "2026-01-05")).await;
    let input = json!({ "id": request["id"], "answeredOn": "2026-01-06", "nature": "MAYBE" });
    assert_eq!(bruno.error(&mutation("Answer"), json!({ "input": input })).await, "BAD_USER_INPUT");
    assert_eq!(seen(&bruno).await, 1);
    world.end().await;
}
