//! Finding a request again, by its sender or anything else.

use serde_json::{Value, json};
use tests::people::{A, B, DIRECTION};
use tests::{Client, World};

use super::desk::{answer, fill, letter, register, with, world_from};

const LIST: &str =
    "query($filter: WrittenRequestFilterInput) { writtenRequests(filter: $filter, first: 100) {
    totalCount nodes { reference } } }";

/// References that a filter finds, newest first; the total must agree.
async fn found(who: &Client, filter: Value) -> Vec<String> {
    let list = who.data(LIST, json!({ "filter": filter })).await["writtenRequests"].take();
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len(), "{filter}");
    nodes.iter().map(|node| node["reference"].as_str().unwrap().to_owned()).collect()
}

/// A letter under a reference, from somebody.
pub(super) fn from(reference: &str, name: &str, email: Option<&str>, address: &str) -> Value {
    with(
        letter(A, "2026-01-05"),
        json!({
            "reference": reference, "senderName": name, "senderEmail": email, "senderAddress": address,
        }),
    )
}

#[tokio::test]
async fn a_sender_is_found_whatever_the_accents_capitals_and_order() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    for input in [
        from(
            "R1",
            "Éloïse D'Œuvre",
            Some("Eloise.Oeuvre@Exemple.test"),
            "3, rue de la Paix\n96000 Montarcy",
        ),
        from("R2", "ELOISE D’OEUVRE", None, "Poste restante"),
        from("R3", "François Müller", Some("fm@exemple.test"), "12 bis, avenue de l'Église"),
        from("R4", "100 % Solidaires", None, ""),
    ] {
        register(&bruno, input).await;
    }
    for (words, expected) in [
        ("éloïse", vec!["R2", "R1"]),
        ("d'œuvre ELOÏSE", vec!["R2", "R1"]),
        ("oeuvre eloise", vec!["R2", "R1"]),
        ("eloise montarcy", vec!["R1"]),
        ("eloise.oeuvre@exemple.test", vec!["R1"]),
        ("muller", vec!["R3"]),
        ("FRANCOIS", vec!["R3"]),
        ("12 bis eglise", vec!["R3"]),
        ("100", vec!["R4"]),
        ("100 %", vec!["R4"]),
        ("%", vec![]),
        ("_", vec![]),
        ("???", vec![]),
        ("personne", vec![]),
        ("eloise muller", vec![]),
        ("  ", vec!["R4", "R3", "R2", "R1"]),
    ] {
        assert_eq!(found(&bruno, json!({ "sender": words })).await, expected, "« {words} »");
    }
    // Words of the subject and reference are not words of the sender.
    assert_eq!(found(&bruno, json!({ "sender": "logement" })).await, [""; 0]);
    assert_eq!(found(&bruno, json!({ "search": "LOGEMENT suspendu r1" })).await, ["R1"]);
    assert_eq!(found(&bruno, json!({ "search": "eloise" })).await, [""; 0]);
    world.end().await;
}

#[tokio::test]
async fn filters_add_up() {
    let world = world_from("2026-02-20T09:00:00Z").await;
    let (bruno, elise) = (world.person("bruno").await, world.person("elise").await);
    let chloe = world.person("chloe").await;
    fill(
        &bruno,
        A,
        &[
            ("F1", "courrier", "2026-02-05", "", ""), // due on the 19th: overdue
            ("F2", "courriel", "2026-02-06", "", ""), // due today
            ("F3", "courrier", "2026-01-05", "", "2026-01-19"), // in time, on the last day
            ("F4", "courriel", "2026-01-06", "", "2026-01-21"), // a day late
            ("F5", "courrier", "2026-02-20", "", "2026-02-20"),
        ],
    )
    .await;
    fill(&chloe, B, &[("B1", "courrier", "2026-02-05", "", "")]).await;
    for (filter, expected) in [
        (json!({}), "B1 F5 F2 F1 F4 F3"),
        (json!({ "structure": A }), "F5 F2 F1 F4 F3"),
        (json!({ "structure": DIRECTION }), "B1 F5 F2 F1 F4 F3"),
        (json!({ "medium": "EMAIL" }), "F2 F4"),
        (json!({ "states": ["OVERDUE"] }), "B1 F1"),
        (json!({ "states": ["IN_PROGRESS"] }), "F2"),
        (json!({ "states": ["ANSWERED"] }), "F5 F3"),
        (json!({ "states": ["ANSWERED_LATE"] }), "F4"),
        (json!({ "states": ["OVERDUE", "ANSWERED_LATE"] }), "B1 F1 F4"),
        (json!({ "states": [] }), ""),
        (json!({ "receivedFrom": "2026-02-06" }), "F5 F2"),
        (json!({ "receivedTo": "2026-01-06" }), "F4 F3"),
        (json!({ "receivedFrom": "2026-02-05", "receivedTo": "2026-02-05" }), "B1 F1"),
        (json!({ "dueBefore": "2026-02-20" }), "B1 F1 F4 F3"),
        (json!({ "dueBefore": "2026-02-19" }), "F4 F3"),
        (json!({ "search": "sujet f" }), "F5 F2 F1 F4 F3"),
        (json!({ "search": "F3" }), "F3"),
        (
            json!({ "structure": A, "medium": "LETTER", "states": ["OVERDUE"], "search": "f1" }),
            "F1",
        ),
    ] {
        let mut names = found(&elise, filter.clone()).await;
        names.sort_by_key(|name| expected.find(name.as_str()).unwrap_or(usize::MAX));
        assert_eq!(names.join(" "), expected, "{filter}");
    }
    assert_eq!(
        elise.error(LIST, json!({ "filter": { "structure": "INCONNUE1" } })).await,
        "BAD_USER_INPUT"
    );
    let backwards = json!({ "receivedFrom": "2026-02-06", "receivedTo": "2026-02-05" });
    assert_eq!(elise.error(LIST, json!({ "filter": backwards })).await, "BAD_USER_INPUT");

    // A day later what was due today is overdue, without anybody writing anything.
    world.clock.set("2026-02-20T23:00:00Z".parse().unwrap());
    assert_eq!(found(&bruno, json!({ "states": ["OVERDUE"] })).await, ["F2", "F1"]);
    assert_eq!(found(&bruno, json!({ "states": ["IN_PROGRESS"] })).await, [""; 0]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_client_that_keeps_a_copy_asks_for_what_changed_since() {
    let world = world_from("2026-02-20T09:00:00Z").await;
    let bruno = world.person("bruno").await;
    let one = register(&bruno, from("R1", "Un", None, "")).await;
    register(&bruno, from("R2", "Deux", None, "")).await;
    world.clock.advance(chrono::TimeDelta::minutes(1));
    answer(&bruno, &one, "2026-02-20").await;
    for (since, expected) in [
        ("2026-02-20T09:00:00Z", vec!["R2", "R1"]),
        ("2026-02-20T10:00:00+01:00", vec!["R2", "R1"]),
        ("2026-02-20T09:00:00.000001Z", vec!["R1"]),
        ("2026-02-20T09:01:00Z", vec!["R1"]),
        ("2026-02-20T09:01:00.000001Z", vec![]),
    ] {
        assert_eq!(found(&bruno, json!({ "updatedSince": since })).await, expected, "{since}");
    }
    world.end().await;
}
