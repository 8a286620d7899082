//! A letter comes in and gets its number.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;
use tests::people::{A, B};
use tests::{Client, World};

use super::desk::{at, letter, read, register, with, world_from};

#[tokio::test]
async fn a_letter_is_registered_with_its_limit_and_found_again() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let typed = with(
        letter(A, "2026-01-08"),
        json!({ "subject": "  Aide au logement  ", "senderEmail": " eloise@exemple.test ", "acknowledgedOn": "2026-01-09" }),
    );
    let request = register(&bruno, typed).await;
    let expected = json!({
        "id": request["id"],
        "reference": "2026-00001",
        "medium": "LETTER",
        "subject": "Aide au logement",
        "senderName": "Éloïse Dupont",
        "senderEmail": "eloise@exemple.test",
        "senderAddress": "3 rue de la Paix\n96000 Montarcy",
        "receivedOn": "2026-01-08",
        "acknowledgedOn": "2026-01-09",
        "answeredOn": null,
        "answerNature": null,
        "dueOn": "2026-01-22",
        "state": "IN_PROGRESS",
        "delayDays": null,
        "ageDays": 4,
        "deadlineExplanation": "Courrier reçu le 8 janvier 2026 ; réponse attendue sous 14 jours calendaires (jours de Paris), soit au plus tard le 22 janvier 2026. Il reste 10 jours.",
        "createdAt": request["createdAt"],
        "updatedAt": request["createdAt"],
        "structure": { "code": A },
    });
    assert_eq!(request, expected);
    assert_eq!(at(request["createdAt"].as_str().unwrap()), world.clock.now());
    assert_eq!(read(&bruno, &request).await, expected);

    // Nobody asked for an e-mail, and nobody has reason to be told yet.
    world.settle().await;
    assert!(world.mailbox.all().is_empty());
    world.end().await;
}

#[tokio::test]
async fn references_follow_each_other_per_structure_and_year_of_reception() {
    let world = World::new().await;
    let (bruno, chloe) = (world.person("bruno").await, world.person("chloe").await);
    for (who, structure, received_on, expected) in [
        (&bruno, A, "2026-01-05", "2026-00001"),
        (&bruno, A, "2025-12-31", "2025-00001"),
        (&bruno, A, "2026-01-12", "2026-00002"),
        (&chloe, B, "2026-01-12", "2026-00001"),
    ] {
        assert_eq!(register(who, letter(structure, received_on)).await["reference"], expected);
    }
    // A number typed by hand moves the count; any other reference does not.
    for typed in ["2026-00041", "REC/2026/99", "2026-99"] {
        let input = with(letter(A, "2026-01-12"), json!({ "reference": typed }));
        assert_eq!(register(&bruno, input).await["reference"], typed);
    }
    for expected in ["2026-00042", "2026-00043"] {
        // Empty is as absent.
        let input = with(letter(A, "2026-01-12"), json!({ "reference": " " }));
        assert_eq!(register(&bruno, input).await["reference"], expected);
    }
    // The last number of five digits is followed by one of six.
    register(&bruno, with(letter(A, "2026-01-12"), json!({ "reference": "2026-99999" }))).await;
    for expected in ["2026-000001", "2026-000002"] {
        assert_eq!(register(&bruno, letter(A, "2026-01-12")).await["reference"], expected);
    }
    world.end().await;
}

#[tokio::test]
async fn colleagues_who_register_at_the_same_moment_get_different_numbers() {
    let world = World::new().await;
    let (bruno, david) = (world.person("bruno").await, world.person("david").await);
    let elsewhere = Client::new(&world.another_server().await);
    let david = elsewhere.with_token(david.token.as_deref().unwrap());
    let letters = (0..24).map(|n| {
        let who = if n % 2 == 0 { &bruno } else { &david };
        register(who, letter(A, "2026-01-12"))
    });
    let mut references: Vec<String> = join_all(letters)
        .await
        .iter()
        .map(|request| request["reference"].as_str().unwrap().to_owned())
        .collect();
    references.sort();
    let expected: Vec<String> = (1..=24).map(|n| format!("2026-{n:05}")).collect();
    assert_eq!(references, expected);
    world.end().await;
}

#[tokio::test]
async fn the_day_of_reception_is_a_day_in_paris() {
    // 23 h 59 min 59 s in Paris, still the 12th.
    let world = world_from("2026-01-12T22:59:59Z").await;
    let bruno = world.person("bruno").await;
    let refused = bruno.refusals("writtenRequestRegister", letter(A, "2026-01-13")).await;
    assert_eq!(refused, ["DATE_IN_FUTURE receivedOn"]);
    // A second later it is the 13th there, though still the 12th in UTC.
    world.later(TimeDelta::seconds(1)).await;
    let request = register(&bruno, letter(A, "2026-01-13")).await;
    assert_eq!(request["dueOn"], "2026-01-27");
    world.end().await;
}
