//! Files that cannot be imported, however large: nothing of them is written.

use schema::foundation::settings::Settings;
use serde_json::{Value, json};
use tests::World;
use tests::people::A;
use tests::world::Plan;

use super::desk::{IMPORT, at, import, seen, settings};

pub(super) const HEADER: &str = "reference;medium;subject;sender_name;received_on;sender_email;acknowledged_on;answered_on;answer_nature\n";
pub(super) const RIGHT: &str = "bonne;courrier;Sujet;Nom;2026-01-05;;;;\n";

/// Codes, paths and messages of a refusal.
pub(super) fn refusals(payload: &Value) -> Vec<(&str, String, &str)> {
    assert_eq!(payload["report"], Value::Null);
    let told = payload["userErrors"].as_array().unwrap();
    assert!(!told.is_empty());
    told.iter()
        .map(|one| {
            let path: Vec<&str> =
                one["path"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
            (one["code"].as_str().unwrap(), path.join("."), one["message"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_file_without_a_readable_header_is_refused() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    for (csv, said) in [
        ("", "vide"),
        ("\u{feff}", "vide"),
        (" \n ", "vide"),
        ("reference;medium;subject;sender_name\nA;courrier;Sujet;Nom\n", "« received_on » absente"),
        (
            "reference;medium;subject;sender_name;received_on;couleur\nA;courrier;S;N;2026-01-05;bleu\n",
            "« couleur » inconnue",
        ),
        (
            "reference;medium;subject;subject;sender_name;received_on\nA;courrier;S;S;N;2026-01-05\n",
            "« subject » présente deux fois",
        ),
        ("reference medium subject sender_name received_on\n", "point-virgule"),
        ("A;courrier;Sujet;Nom;2026-01-05\n", "« a » inconnue"),
    ] {
        let payload = import(&bruno, A, csv).await;
        let told = refusals(&payload);
        assert_eq!((told.len(), told[0].0), (1, "FILE_HEADER"), "{csv}");
        assert!(told[0].2.contains(said), "{csv}: {}", told[0].2);
    }
    // A header alone is a register without requests.
    assert_eq!(import(&bruno, A, HEADER).await["report"]["read"], 0);
    assert_eq!(seen(&bruno).await, 0);
    world.end().await;
}

#[tokio::test]
async fn one_wrong_line_among_a_hundred_thousand_is_found_and_keeps_all_out() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let mut csv = String::with_capacity(6_000_000);
    csv += "reference;medium;subject;sender_name;received_on\n";
    for number in 2..=100_001 {
        let year = if number == 77_777 { "26" } else { "2026" };
        csv += &format!("R-{number};courriel;Sujet;Nom;05/01/{year}\n");
    }
    let payload = import(&bruno, A, &csv).await;
    let told = refusals(&payload);
    assert_eq!((told.len(), told[0].0, told[0].1.as_str()), (1, "FILE_LINE", "csv.77777"));
    assert!(
        told[0].2.starts_with("Ligne 77777 : colonne received_on : « 05/01/26 »"),
        "{}",
        told[0].2
    );
    assert_eq!(seen(&bruno).await, 0);
    world.end().await;
}

#[tokio::test]
async fn a_file_larger_than_the_setting_is_refused_before_it_is_read() {
    let small = Settings { import_bytes: 430, ..settings() };
    let start = at("2026-01-12T08:00:00Z");
    let world = World::with(Plan { settings: small, start, ..Plan::default() }).await;
    let bruno = world.person("bruno").await;
    let file = |bytes: usize| {
        let subject = "s".repeat("Sujet".len() + bytes - HEADER.len() - RIGHT.len());
        format!("{HEADER}{}", RIGHT.replace("Sujet", &subject))
    };
    let payload = import(&bruno, A, &file(431)).await;
    let told = refusals(&payload);
    assert_eq!((told.len(), told[0].0), (1, "FILE_TOO_LARGE"));
    assert!(told[0].2.contains("431") && told[0].2.contains("430"), "{}", told[0].2);
    // Who keeps no register is told that first.
    let longer = json!({ "input": { "structure": A, "csv": file(431) } });
    assert_eq!(world.alice.error(IMPORT, longer).await, "UNAUTHENTICATED");
    // Far larger ones do not even reach the import.
    let input = json!({ "input": { "structure": A, "csv": file(1_000) } });
    assert_eq!(bruno.error(IMPORT, input).await, "LIMIT_EXCEEDED");
    assert_eq!(seen(&bruno).await, 0);
    let payload = import(&bruno, A, &file(430)).await;
    assert_eq!(payload["report"]["created"], 1, "{payload}");
    world.end().await;
}
