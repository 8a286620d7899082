//! Committees: planned, invited, confirmed, moved, cancelled.

pub(crate) mod browser;
mod calendar;
mod confirmations;
mod histories;
mod invitations;
mod minutes;
mod moves;
mod purge;
mod refusals;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tests::mailbox::Mail;
use tests::people::A;
use tests::{Client, World};

const CREATE: &str = "mutation($input: CommitteeCreateInput!) { committeeCreate(input: $input) {
    committee { id status } userErrors { code message path } } }";
const INVITE: &str = "mutation($input: CommitteeInviteInput!) { committeeInvite(input: $input) {
    committee { id } warnings { code message } userErrors { code message path } } }";
const OFFICIAL: &str =
    "mutation($input: ElectedOfficialSaveInput!) { electedOfficialSave(input: $input) {
    electedOfficial { id } userErrors { code message path } } }";

/// A local committee of structure A on a Monday three weeks ahead, 10:00 to 12:00 in Paris.
const START: &str = "2026-02-02T09:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn local(start: &str) -> Value {
    json!({ "structure": A, "kind": "LOCAL", "title": "Mieux accueillir", "aims": "Choisir trois actions.",
        "agenda": "Présenter les plans d'actions\nÉchanger\nPrioriser", "startsAt": start, "mode": "ON_SITE",
        "place": "Salle du conseil, 1 place de la Mairie", "resultsAnalysed": true, "ideasGathered": true })
}

async fn plan(who: &Client, input: Value) -> String {
    let data = who.data(CREATE, json!({ "input": input })).await["committeeCreate"].clone();
    assert_eq!(data["userErrors"], json!([]), "{data}");
    data["committee"]["id"].as_str().unwrap().to_owned()
}

async fn official(who: &Client, name: &str) -> String {
    let input = json!({ "name": name, "mandate": "maire de Montarcy", "email": format!("{name}@mairie.test"), "department": "96" });
    let data = who.data(OFFICIAL, json!({ "input": input })).await["electedOfficialSave"].clone();
    assert_eq!(data["userErrors"], json!([]), "{data}");
    data["electedOfficial"]["id"].as_str().unwrap().to_owned()
}

fn user(name: &str) -> Value {
    json!({ "role": "USER", "name": name, "email": format!("{name}@usager.test") })
}

fn users(count: usize) -> Vec<Value> {
    (1..=count).map(|number| user(&format!("u{number}"))).collect()
}

/// Puts people on the list and sends; gives the warnings.
async fn invite(who: &Client, id: &str, people: Vec<Value>) -> Vec<String> {
    let input = json!({ "id": id, "people": people });
    let data = who.data(INVITE, json!({ "input": input })).await["committeeInvite"].clone();
    assert_eq!(data["userErrors"], json!([]), "{data}");
    data["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["code"].as_str().unwrap().to_owned())
        .collect()
}

/// A committee with six users, a mayor and a facilitator, all invited; the letters are in the mailbox.
async fn invited(world: &World, bruno: &Client, start: &str) -> String {
    let id = plan(bruno, local(start)).await;
    let mayor = official(bruno, "mairesse").await;
    let mut people = users(6);
    people.push(json!({ "role": "ELECTED", "official": mayor }));
    people.push(json!({ "role": "FACILITATOR", "name": "Léa", "email": "lea@agent.test" }));
    assert_eq!(invite(bruno, &id, people).await, [""; 0]);
    world.settle().await;
    id
}

/// The token of a letter's link: the first says yes, the second no.
fn token(mail: &Mail, yes: bool) -> String {
    let mut links = mail.text.split("/invitations/").skip(1);
    let link = if yes { links.next() } else { links.nth(1) };
    link.unwrap().split_whitespace().next().unwrap().to_owned()
}

/// Presses the button of the page behind a link; gives the page.
async fn press(world: &World, token: &str) -> String {
    let url = format!("{}/invitations/{token}", world.url);
    let client = reqwest::Client::new();
    let page = client.get(&url).send().await.unwrap().text().await.unwrap();
    // The first button is the answer that the link stands for; a page without buttons is pressed all the same.
    let no = page.split("value=\"").nth(1).is_some_and(|rest| rest.starts_with("NO"));
    let answer = [("answer", if no { "NO" } else { "YES" })];
    client.post(url).form(&answer).send().await.unwrap().text().await.unwrap()
}

/// The people of a committee as `name response`, by name.
async fn people(who: &Client, id: &str) -> Vec<String> {
    let query = "query($id: ID!) { committee(id: $id) { participants { name response } } }";
    let data = who.data(query, json!({ "id": id })).await;
    let mut people: Vec<String> = data["committee"]["participants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| format!("{} {}", p["name"].as_str().unwrap(), p["response"].as_str().unwrap()))
        .collect();
    people.sort();
    people
}

/// Who has a letter whose subject starts so.
fn told(world: &World, start: &str) -> Vec<String> {
    let mails = world.mailbox.all();
    let mut names: Vec<String> = mails
        .iter()
        .filter(|mail| mail.subject.starts_with(start))
        .map(|mail| mail.to.split('@').next().unwrap().to_owned())
        .collect();
    names.sort();
    names
}
