//! What was exported is imported again, and is what it was.

use serde_json::{Value, json};
use tests::Client;
use tests::people::{A, B, DIRECTION};

use super::desk::{acknowledge, answer, import, letter, register, with, world_from};
use super::export::{ALL, table};

/// Texts that spreadsheets, separators and quotes could harm.
const DELICATE: [&str; 16] = [
    "=HYPERLINK(\"http://pirate.test\";\"Cliquez\")",
    "+33 6 12 34 56 78",
    "-1 + 2",
    "@SUM(A1:A9)",
    "'guillemet simple",
    "'=déjà défusé",
    "''+deux fois",
    "' =espace",
    "Deux ; points",
    "virgule, tabulation",
    "\"entre guillemets\"",
    "un \"mot\"",
    "\"",
    "Éloïse & <b>Œuvre</b>",
    "L'été — 100 %",
    "#REF!",
];

#[tokio::test]
async fn what_was_exported_comes_back_as_it_was() {
    let world = world_from("2026-02-20T09:00:00Z").await;
    let (bruno, elise) = (world.person("bruno").await, world.person("elise").await);
    for text in DELICATE {
        let typed = json!({ "reference": text, "subject": text, "senderName": text, "senderAddress": format!("{text}\n{text}") });
        register(&bruno, with(letter(A, "2026-02-01"), typed)).await;
    }
    let email =
        json!({ "senderEmail": "+filtre@exemple.test", "senderAddress": "\u{9}3 rue\tde la Paix" });
    let request = register(&bruno, with(letter(A, "2026-02-02"), email)).await;
    acknowledge(&bruno, &request, "2026-02-03").await;
    answer(&bruno, &request, "2026-02-04").await;
    register(&elise, letter(DIRECTION, "2026-02-05")).await;

    // No cell starts a formula, whatever quotes surround it.
    let (file, rows) = table(&elise, "/written-requests.csv?structure=DIRECT01").await;
    assert_eq!(rows.len(), 1 + DELICATE.len() + 2);
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "« {cell} » would run");
    }
    let everything = "{ writtenRequests(first: 100) { nodes { id reference subject senderName senderEmail senderAddress updatedAt } } }";
    let before = elise.data(everything, json!({})).await;
    world.clock.advance(chrono::TimeDelta::hours(1));
    let report =
        |payload: Value| (payload["report"]["unchanged"].clone(), payload["userErrors"].clone());
    assert_eq!(
        report(import(&elise, DIRECTION, &file).await),
        (json!(DELICATE.len() + 2), json!([]))
    );
    assert_eq!(elise.data(everything, json!({})).await, before);

    // Into an empty register elsewhere it gives the same texts.
    let (file, _) = table(&bruno, ALL).await;
    let chloe = world.person("chloe").await;
    let moved = file.replace("\nSTRUCTA1;", "\nSTRUCTB1;");
    assert_eq!(import(&chloe, B, &moved).await["report"]["created"], DELICATE.len() + 1);
    let texts = async |who: &Client| {
        let data = who.data(everything, json!({})).await;
        let mut texts: Vec<String> = data["writtenRequests"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| {
                ["reference", "subject", "senderName", "senderEmail", "senderAddress"]
                    .map(|name| node[name].to_string())
                    .join(" ")
            })
            .collect();
        texts.sort();
        texts
    };
    assert_eq!(texts(&chloe).await, texts(&bruno).await);
    world.settle().await;
    world.end().await;
}
