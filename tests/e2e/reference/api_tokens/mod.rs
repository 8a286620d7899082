//! Keys of programs: what they may do, how long they live, and who hears that they end.

mod life;
mod notices;
mod reach;
mod secrecy;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use schema::foundation::settings::Settings;
use serde_json::{Value, json};
use tests::world::Plan;
use tests::{Client, World};

/// Everything a token tells.
const ALL: &str = "fragment all on ApiToken { id name prefix access state structure { code }
    owner { reference displayName } createdAt expiresAt lastUsedAt revokedAt }";
/// What everybody may ask, so that only the token itself can be refused.
const ANYTHING: &str = "{ networks { code } }";

/// Sessions in these stories outlive the weeks they tell.
fn plan() -> Plan {
    let settings = Settings { session_life: TimeDelta::days(1000), ..Settings::default() };
    Plan { settings, ..Plan::default() }
}

/// A world where nothing is sent.
async fn world() -> World {
    World::with(Plan { worker: false, ..plan() }).await
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The mutation `apiToken<verb>`, answering everything.
fn mutation(verb: &str) -> String {
    let token = if verb == "Revoke" { "" } else { "token" };
    format!(
        "mutation($input: ApiToken{verb}Input!) {{ apiToken{verb}(input: $input) {{
            {token} apiToken {{ ...all }} userErrors {{ code message path }} }} }} {ALL}"
    )
}

async fn done(who: &Client, verb: &str, input: Value) -> Value {
    let data = who.data(&mutation(verb), json!({ "input": input })).await;
    let payload = data[format!("apiToken{verb}")].clone();
    assert_eq!(payload["userErrors"], json!([]));
    payload
}

/// Makes a token; gives the program that holds it, and what is kept of it.
async fn make(who: &Client, structure: &str, access: &str, more: Value) -> (Client, Value) {
    let mut input = json!({ "name": "Relevé", "structure": structure, "access": access });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = done(who, "Create", input).await;
    (who.with_token(made["token"].as_str().unwrap()), made["apiToken"].clone())
}

/// Renews a token; gives the program that holds the new one, and what is kept of it.
async fn renew(who: &Client, token: &Value, more: Value) -> (Client, Value) {
    let mut input = json!({ "id": token["id"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = done(who, "Renew", input).await;
    (who.with_token(made["token"].as_str().unwrap()), made["apiToken"].clone())
}

async fn revoke(who: &Client, token: &Value) -> Value {
    done(who, "Revoke", json!({ "id": token["id"] })).await["apiToken"].clone()
}

/// The tokens that somebody sees, newest first.
async fn listed(who: &Client, filter: Value) -> Vec<Value> {
    let query = format!(
        "query($filter: ApiTokenFilterInput) {{ apiTokens(filter: $filter) {{ totalCount nodes {{ ...all }} }} }} {ALL}"
    );
    let found = who.data(&query, json!({ "filter": filter })).await["apiTokens"].clone();
    let nodes = found["nodes"].as_array().unwrap().clone();
    assert_eq!(found["totalCount"], nodes.len());
    nodes
}

/// A token as somebody sees it now.
async fn seen(who: &Client, token: &Value) -> Value {
    let all = listed(who, json!({})).await;
    all.into_iter().find(|one| one["id"] == token["id"]).unwrap()
}

/// Whether a program is let in.
async fn is_let_in(program: &Client) -> bool {
    let answer = program.ask(ANYTHING, json!({})).await;
    match answer["errors"][0]["extensions"]["code"].as_str() {
        None => true,
        Some("UNAUTHENTICATED") => false,
        Some(other) => panic!("{other}: {answer}"),
    }
}

/// Runs statements that no use case has.
async fn sql(world: &World, statements: &str) {
    world.conn().await.batch_execute(statements).await.unwrap();
}

/// The text that a statement selects as `text`.
async fn text(world: &World, statement: &str) -> String {
    #[derive(diesel::QueryableByName)]
    struct Text {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let found: Text =
        diesel::sql_query(statement).get_result(&mut world.conn().await).await.unwrap();
    found.text
}
