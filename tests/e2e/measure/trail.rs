//! Every change of the register leaves who, what, about what, where, and in which request.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::tables::{account, audit_entry, job, structure, written_request};
use serde_json::{Value, json};
use tests::people::{A, address};
use tests::{Client, World};

use super::desk::{letter, mutation, read, with};

pub(super) type Entry = (String, String, String, Option<i64>, Option<String>);

/// The audit entries of an action: who, what, about what, where, in which request.
pub(super) async fn trail(world: &World, action: &str) -> Vec<Entry> {
    audit_entry::table
        .filter(audit_entry::action.eq(action))
        .order(audit_entry::id)
        .select((
            audit_entry::actor,
            audit_entry::action,
            audit_entry::subject,
            audit_entry::structure_id,
            audit_entry::request_id,
        ))
        .load(&mut world.conn().await)
        .await
        .unwrap()
}

/// Sends a mutation under a request id of the client's choice.
async fn under(request_id: &str, who: &Client, verb: &str, input: Value) -> Value {
    let response = reqwest::Client::new()
        .post(format!("{}/graphql", who.url))
        .header("content-type", "application/json")
        .header("x-request-id", request_id)
        .bearer_auth(who.token.as_deref().unwrap())
        .body(json!({ "query": mutation(verb), "variables": { "input": input } }).to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["x-request-id"], request_id);
    let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    answer["data"][format!("writtenRequest{verb}")].clone()
}

#[tokio::test]
async fn every_change_leaves_its_trail_and_nothing_else_does() {
    let world = World::new().await;
    let (bruno, david) = (world.person("bruno").await, world.person("david").await);
    let typed = with(letter(A, "2026-01-05"), json!({ "senderEmail": "eloise@exemple.test" }));
    let request =
        under("accueil-1", &bruno, "Register", typed.clone()).await["writtenRequest"].take();
    under("accueil-2", &david, "Acknowledge", json!({ "id": request["id"], "sendEmail": true }))
        .await;
    let answer = json!({ "id": request["id"], "answeredOn": "2026-01-12", "nature": "REFUSAL" });
    under("accueil-3", &bruno, "Answer", answer.clone()).await;
    // Refused ones, and reading, leave none.
    let again = under("accueil-4", &bruno, "Answer", answer).await;
    assert_eq!(again["userErrors"][0]["code"], "ALREADY_ANSWERED");
    under("accueil-5", &bruno, "Register", with(typed, json!({ "subject": "" }))).await;
    read(&bruno, &request).await;

    let mut conn = world.conn().await;
    let (structure_id, number): (i64, i64) = structure::table
        .inner_join(written_request::table)
        .filter(structure::code.eq(A))
        .select((structure::id, written_request::id))
        .get_result(&mut conn)
        .await
        .unwrap();
    for (name, step, request_id) in [
        ("bruno", "register", "accueil-1"),
        ("david", "acknowledge", "accueil-2"),
        ("bruno", "answer", "accueil-3"),
    ] {
        let who: i64 = account::table
            .filter(account::email.eq(address(name)))
            .select(account::id)
            .get_result(&mut conn)
            .await
            .unwrap();
        let action = format!("written_request.{step}");
        let expected = (
            format!("account:{who}"),
            action.clone(),
            format!("written-request:{number}"),
            Some(structure_id),
            Some(request_id.to_owned()),
        );
        assert_eq!(trail(&world, &action).await, [expected]);
    }
    // The e-mail's job knows which request caused it.
    let caused_by: Vec<Option<String>> = job::table
        .filter(job::kind.eq("ACKNOWLEDGE_WRITTEN_REQUEST"))
        .select(job::request_id)
        .load(&mut conn)
        .await
        .unwrap();
    assert_eq!(caused_by, [Some("accueil-2".to_owned())]);
    world.settle().await;
    world.end().await;
}
