//! The register as a spreadsheet, for those who read it.

use serde_json::{Value, json};
use tests::people::{A, B};
use tests::{Client, World};

use super::desk::{acknowledge, answer, fill, import, letter, register, with, world_from};

pub(super) const ALL: &str =
    "/written-requests.csv?structure=STRUCTA1&from=2020-01-01&to=2026-12-31";

pub(super) async fn table(who: &Client, path: &str) -> (String, Vec<Vec<String>>) {
    let (status, body) = who.get(path).await;
    assert_eq!(status, 200, "{body}");
    let text =
        body.strip_prefix('\u{feff}').expect("a byte order mark, so that spreadsheets read UTF-8");
    (body.clone(), parse(text))
}

/// Cells as RFC 4180 says, with semicolons: written here anew, so that no reader of ours is believed.
fn parse(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ';' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim_end_matches('\r').to_owned());
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty(), "a file ends with its last line");
    rows
}

#[tokio::test]
async fn the_file_says_what_the_register_says() {
    let world = world_from("2026-02-20T09:00:00Z").await;
    let (bruno, elise) = (world.person("bruno").await, world.person("elise").await);
    let chloe = world.person("chloe").await;
    let first = with(
        letter(A, "2026-01-05"),
        json!({ "reference": "Z-1", "senderEmail": "eloise@exemple.test" }),
    );
    let request = register(&bruno, first).await;
    acknowledge(&bruno, &request, "2026-01-06").await;
    answer(&bruno, &request, "2026-01-25").await;
    fill(&bruno, A, &[("Z-2", "courriel", "2026-02-05", "", "")]).await;
    fill(&chloe, B, &[("Z-3", "courrier", "2026-02-19", "", "2026-02-19")]).await;

    let (_, rows) = table(&elise, "/written-requests.csv?structure=DIRECT01").await;
    let header = "structure reference medium subject sender_name sender_email sender_address received_on acknowledged_on answered_on answer_nature due_on state delay_days";
    assert_eq!(rows[0].join(" "), header);
    let lines: Vec<String> = rows[1..].iter().map(|row| row.join("|")).collect();
    assert_eq!(
        lines,
        [
            "STRUCTB1|Z-3|LETTER|Sujet Z-3|Nom|||2026-02-19||2026-02-19|INFORMATION|2026-03-05|ANSWERED|1",
            "STRUCTA1|Z-2|EMAIL|Sujet Z-2|Nom|||2026-02-05||||2026-02-19|OVERDUE|",
            "STRUCTA1|Z-1|LETTER|Aide au logement suspendue|Éloïse Dupont|eloise@exemple.test|3 rue de la Paix\n96000 Montarcy|2026-01-05|2026-01-06|2026-01-25|INFORMATION|2026-01-19|ANSWERED_LATE|20",
        ]
    );
    // The days of reception, both included.
    for (days, expected) in [
        ("from=2026-01-05&to=2026-02-05", "Z-2 Z-1"),
        ("from=2026-01-06&to=2026-02-04", ""),
        ("from=2026-02-06", ""),
        ("to=2026-01-05", "Z-1"),
    ] {
        let (_, rows) =
            table(&bruno, &format!("/written-requests.csv?structure=STRUCTA1&{days}")).await;
        let found: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
        assert_eq!(found.join(" "), expected, "{days}");
    }
    world.end().await;
}

#[tokio::test]
async fn only_those_who_read_the_register_take_it_away() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    assert_eq!(world.alice.get(ALL).await.0, 401);
    assert_eq!(world.alice.with_token("faux").get(ALL).await.0, 401);
    // Who may not read the register is told that, and not what is wrong with the question.
    let reversed = ALL.replace("2026-12-31", "2019-12-31");
    for (who, status) in
        [(world.alice.clone(), 401), (world.person("gaelle").await, 403), (bruno.clone(), 400)]
    {
        assert_eq!(who.get(&reversed).await.0, status);
    }
    for (name, status) in [
        ("bruno", 200),
        ("david", 200),
        ("elise", 200),
        ("farid", 200),
        ("henri", 200),
        ("gaelle", 403),
        ("iris", 403),
        ("chloe", 404),
        ("jonas", 404),
    ] {
        let who = world.person(name).await;
        let (told, body) = who.get(ALL).await;
        assert_eq!(told, status, "{name}: {body}");
        assert_eq!(body.contains("reference"), status == 200, "{name}");
        if status == 404 {
            // As for a structure that does not exist.
            let (told, unknown) = who.get(&ALL.replace(A, "INCONNUE1")).await;
            let message = |body: &str| {
                let answer: Value = serde_json::from_str(body).unwrap();
                answer["errors"][0]["message"].as_str().unwrap().to_owned()
            };
            assert_eq!((told, message(&unknown)), (404, message(&body)), "{name}");
        }
    }
    for wrong in [
        "",
        "?structure=STRUCTA1&from=hier",
        "?structure=STRUCTA1&from=2026-02-30",
        "?structure=STRUCTA1&from=",
        "?structure=STRUCTA1&from=2026-2-1",
        "?structure=STRUCTA1&from=0000-01-01",
        "?structure=STRUCTA1&from=-200000-01-01",
        "?structure=STRUCTA1&to=9999-12-31",
        "?structure=STRUCTA1&to=%2B12026-01-1",
        "?structure=STRUCTA1&from=2026-02-02&to=2026-02-01",
        "?structure=STRUCTA1&receivedFrom=2026-02-01",
        "?structure=STRUCTA1&from=2026-02-01&from=2026-02-02",
    ] {
        let (status, body) = bruno.get(&format!("/written-requests.csv{wrong}")).await;
        assert_eq!(status, 400, "{wrong}: {body}");
        assert!(body.contains("BAD_USER_INPUT"), "{wrong}: {body}");
    }
    // A misspelt parameter does not export everything: the known ones are told.
    let (_, body) = bruno.get(&format!("{ALL}&receivedFrom=2026-02-01")).await;
    assert!(body.contains("structure (obligatoire), from et to"), "{body}");
    bruno.data("mutation { sessionDelete { deleted } }", json!({})).await;
    assert_eq!(bruno.get(ALL).await.0, 401);
    world.end().await;
}

#[tokio::test]
async fn a_long_register_is_exported_to_its_end() {
    let world = world_from("2026-02-20T09:00:00Z").await;
    let bruno = world.person("bruno").await;
    // More than two pages of the export, many on the same day.
    let csv: String = (0..10_050)
        .map(|n| format!("L-{n};courrier;Sujet;Nom;2026-02-{:02}\n", 1 + n % 3))
        .collect();
    let payload =
        import(&bruno, A, &format!("reference;medium;subject;sender_name;received_on\n{csv}"))
            .await;
    assert_eq!(payload["report"]["created"], 10_050);
    let (_, rows) = table(&bruno, ALL).await;
    let mut references: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
    references.sort_unstable();
    references.dedup();
    assert_eq!((rows.len(), references.len()), (10_051, 10_050));
    let days: Vec<&str> = rows[1..].iter().map(|row| row[7].as_str()).collect();
    assert!(days.is_sorted_by(|a, b| a >= b), "newest first");
    world.end().await;
}
