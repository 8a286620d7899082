//! What people do at their desk: keep the register, read it, look at what arrived.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schema::foundation::settings::Settings;
use serde_json::{Value, json};
use tests::world::Plan;
use tests::{Client, World};

/// Everything a request tells.
const ALL: &str = "fragment all on WrittenRequest {
    id reference medium subject senderName senderEmail senderAddress receivedOn acknowledgedOn answeredOn
    answerNature dueOn state delayDays ageDays deadlineExplanation createdAt updatedAt structure { code } }";
pub(super) const IMPORT: &str =
    "mutation($input: WrittenRequestsImportInput!) { writtenRequestsImport(input: $input) {
    report { read created updated unchanged } userErrors { code message path } } }";

/// Sessions in these stories outlive the weeks they tell.
pub(super) fn settings() -> Settings {
    Settings { session_life: TimeDelta::days(1000), ..Settings::default() }
}

/// A world that begins at an instant.
pub(super) async fn world_from(start: &str) -> World {
    World::with(Plan { settings: settings(), start: at(start), ..Plan::default() }).await
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A letter as an agent types it.
pub(super) fn letter(structure: &str, received_on: &str) -> Value {
    json!({
        "structure": structure,
        "medium": "LETTER",
        "subject": "Aide au logement suspendue",
        "senderName": "Éloïse Dupont",
        "senderAddress": "3 rue de la Paix\n96000 Montarcy",
        "receivedOn": received_on,
    })
}

/// The same with other fields.
pub(super) fn with(mut input: Value, other: Value) -> Value {
    for (name, value) in other.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

/// The mutation `writtenRequest<verb>`, answering everything.
pub(super) fn mutation(verb: &str) -> String {
    format!(
        "mutation($input: WrittenRequest{verb}Input!) {{ writtenRequest{verb}(input: $input) {{
            writtenRequest {{ ...all }} userErrors {{ code message path }} }} }} {ALL}"
    )
}

async fn done(who: &Client, verb: &str, input: Value) -> Value {
    let data = who.data(&mutation(verb), json!({ "input": input })).await;
    let payload = &data[format!("writtenRequest{verb}")];
    assert_eq!(payload["userErrors"], json!([]));
    payload["writtenRequest"].clone()
}

/// Registers a request; gives it.
pub(super) async fn register(who: &Client, input: Value) -> Value {
    done(who, "Register", input).await
}

/// Writes down an acknowledgement of receipt.
pub(super) async fn acknowledge(who: &Client, request: &Value, on: &str) -> Value {
    done(who, "Acknowledge", json!({ "id": request["id"], "acknowledgedOn": on })).await
}

/// Acknowledges by e-mail, now.
pub(super) async fn acknowledge_by_email(who: &Client, request: &Value) -> Value {
    done(who, "Acknowledge", json!({ "id": request["id"], "sendEmail": true })).await
}

/// Writes down the final answer.
pub(super) async fn answer(who: &Client, request: &Value, on: &str) -> Value {
    let input = json!({ "id": request["id"], "answeredOn": on, "nature": "INFORMATION" });
    done(who, "Answer", input).await
}

/// The query of one request, answering everything.
pub(super) fn one() -> String {
    format!("query($id: ID!) {{ writtenRequest(id: $id) {{ ...all }} }} {ALL}")
}

/// A request as it is now.
pub(super) async fn read(who: &Client, request: &Value) -> Value {
    who.data(&one(), json!({ "id": request["id"] })).await["writtenRequest"].clone()
}

/// Imports a register; gives the payload.
pub(super) async fn import(who: &Client, structure: &str, csv: &str) -> Value {
    let input = json!({ "structure": structure, "csv": csv });
    who.data(IMPORT, json!({ "input": input })).await["writtenRequestsImport"].clone()
}

/// How many requests somebody sees.
pub(super) async fn seen(who: &Client) -> i64 {
    let data = who.data("{ writtenRequests(first: 0) { totalCount } }", json!({})).await;
    data["writtenRequests"]["totalCount"].as_i64().unwrap()
}

/// Chooses the alerts that somebody's role on a structure brings.
pub(super) async fn choose(who: &Client, structure: &str, alerts: &str) {
    let input = json!({ "structure": structure, "alerts": alerts });
    assert_eq!(who.refusals("alertChoose", input).await, [""; 0]);
}

/// A register as a file: reference, medium, reception, acknowledgement, answer of each request.
pub(super) fn file(lines: &[(&str, &str, &str, &str, &str)]) -> String {
    let mut csv = "reference;medium;subject;sender_name;received_on;acknowledged_on;answered_on;answer_nature\n".to_owned();
    for (reference, medium, received_on, acknowledged_on, answered_on) in lines {
        let nature = if answered_on.is_empty() { "" } else { "information" };
        csv += &format!(
            "{reference};{medium};Sujet {reference};Nom;{received_on};{acknowledged_on};{answered_on};{nature}\n"
        );
    }
    csv
}

/// Imports a file that has no fault.
pub(super) async fn fill(who: &Client, structure: &str, lines: &[(&str, &str, &str, &str, &str)]) {
    let payload = import(who, structure, &file(lines)).await;
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(payload["report"]["created"], lines.len());
}
