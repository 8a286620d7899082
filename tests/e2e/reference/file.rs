//! A reference list of structures, as a network sends it.

use serde_json::{Value, json};
use tests::people::{A, B, DIRECTION, ROOT};
use tests::{Client, World};

const IMPORT: &str = "mutation($input: StructuresImportInput!) { structuresImport(input: $input) {
    report { read created updated unchanged } userErrors { code message path } } }";
pub(super) const HEADER: &str =
    "code;name;kind;network;parent;postal_code;commune;department;region";

/// One line of the CAF.
pub(super) fn line(code: &str, parent: &str) -> String {
    format!("{code};Point {code};Agence;CAF;{parent};96000;Montarcy;96;Haute-Lorme")
}

/// A file with the usual header.
pub(super) fn file(lines: &[String]) -> String {
    format!("{HEADER}\n{}\n", lines.join("\n"))
}

/// The lines that say what every world already knows about the network of A and B.
pub(super) fn known() -> String {
    let line = |code: &str, name: &str, parent: &str, department: &str| {
        format!(
            "{code};{name};Agence;CAF;{parent};96000;Montarcy;{department};Haute-Lorme;FRONT_DESK,PHONE;2024-12-08"
        )
    };
    [
        format!("{HEADER};channels;testimonies_open_on"),
        line(ROOT, "Réseau des allocations", "", "75"),
        line(DIRECTION, "Direction départementale", ROOT, "96"),
        line(A, "Agence de Montarcy", DIRECTION, "96"),
        line(B, "Agence de Valserre", DIRECTION, "96"),
    ]
    .join("\n")
}

/// The payload of an import.
pub(super) async fn import(who: &Client, csv: &str) -> Value {
    who.data(IMPORT, json!({ "input": { "csv": csv } })).await["structuresImport"].clone()
}

/// The code of the error that keeps somebody from importing at all.
pub(super) async fn kept_out(who: &Client, csv: &str) -> String {
    who.error(IMPORT, json!({ "input": { "csv": csv } })).await
}

/// What an import that must succeed did: lines read, created, updated, unchanged.
pub(super) async fn done(who: &Client, csv: &str) -> [i64; 4] {
    let payload = import(who, csv).await;
    assert_eq!(payload["userErrors"], json!([]));
    ["read", "created", "updated", "unchanged"]
        .map(|count| payload["report"][count].as_i64().unwrap())
}

/// What an import that must be refused says, each fault as `CODE path: message`.
pub(super) async fn faults(who: &Client, csv: &str) -> Vec<String> {
    let payload = import(who, csv).await;
    assert!(payload["report"].is_null(), "{payload}");
    let told = payload["userErrors"].as_array().unwrap();
    assert!(!told.is_empty());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let path = |fault: &Value| {
        fault["path"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(".")
    };
    told.iter()
        .map(|fault| {
            format!("{} {}: {}", text(&fault["code"]), path(fault), text(&fault["message"]))
        })
        .collect()
}

/// Everything that is known about every structure, to compare before and after.
pub(super) async fn everything(world: &World) -> Value {
    let query = "{ structures(first: 100, orderBy: CODE) { totalCount nodes { id code name kind postalCode commune department region
        email channels testimoniesOpenOn closedOn updatedAt network { code } parent { code } } } }";
    world.alice.data(query, json!({})).await["structures"].clone()
}
