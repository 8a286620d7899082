//! A manager chooses which alerts to receive.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::people::{A, B, DIRECTION};
use tests::{Client, World};

const CHOOSE: &str = "mutation($input: AlertChooseInput!) { alertChoose(input: $input) {
    roles { role structure { code } alerts } userErrors { code path } } }";

async fn choose(who: &Client, structure: &str, alerts: &str) -> Value {
    let data =
        who.data(CHOOSE, json!({ "input": { "structure": structure, "alerts": alerts } })).await;
    assert_eq!(data["alertChoose"]["userErrors"], json!([]));
    data["alertChoose"]["roles"].clone()
}

/// Who is told about a new testimony on a structure.
async fn told_about(world: &World, structure: &str) -> Vec<String> {
    world.mailbox.empty();
    let input = json!({ "structure": structure, "title": "Bien reçue", "body": "Un accueil agréable.", "pseudonym": "alice",
        "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let told = world.alice.data(submit, json!({ "input": input })).await;
    let published = world
        .person("gaelle")
        .await
        .refusals("testimonyPublish", json!({ "id": told["testimonySubmit"]["testimony"]["id"] }))
        .await;
    assert!(published.is_empty());
    world.later(TimeDelta::minutes(6)).await;
    let mut names: Vec<String> =
        world.mailbox.all().into_iter().map(|mail| mail.to.replace("@exemple.test", "")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_choice_decides_who_hears_of_a_new_testimony() {
    let world = World::new().await;
    let (david, elise) = (world.person("david").await, world.person("elise").await);
    assert_eq!(told_about(&world, A).await, ["david", "elise"]);

    assert_eq!(
        choose(&david, A, "NONE").await,
        json!([{ "role": "MANAGER", "structure": { "code": A }, "alerts": "NONE" }])
    );
    assert_eq!(told_about(&world, A).await, ["elise"]);
    // Elise keeps to her own direction: nobody is left to hear about A or B.
    choose(&elise, DIRECTION, "OWN").await;
    assert_eq!(told_about(&world, A).await, [""; 0]);
    assert_eq!(told_about(&world, B).await, [""; 0]);
    assert_eq!(told_about(&world, DIRECTION).await, ["elise"]);
    choose(&elise, DIRECTION, "NONE").await;
    assert_eq!(told_about(&world, DIRECTION).await, [""; 0]);

    // A structure may be named by its global id; « all below » includes the structure itself.
    let a = world.alice.data("{ structure(code: \"STRUCTA1\") { id } }", json!({})).await;
    choose(&david, a["structure"]["id"].as_str().unwrap(), "SUBTREE").await;
    assert_eq!(told_about(&world, A).await, ["david"]);
    // Only about what came since: the two while he wanted none stay unsaid.
    assert_eq!(world.mailbox.all()[0].text.matches("Bien reçue").count(), 1);
    assert_eq!(told_about(&world, B).await, [""; 0]);
    world.end().await;
}

#[tokio::test]
async fn only_a_manager_chooses_and_only_for_the_own_structure() {
    let world = World::new().await;
    let input = |structure: &str| json!({ "structure": structure, "alerts": "OWN" });
    assert_eq!(world.alice.error(CHOOSE, json!({ "input": input(A) })).await, "UNAUTHENTICATED");
    let (bruno, david) = (world.person("bruno").await, world.person("david").await);
    assert_eq!(
        bruno.refusals("alertChoose", input(A)).await,
        ["UNKNOWN_ROLE structure"],
        "an agent receives none"
    );
    assert_eq!(david.refusals("alertChoose", input(B)).await, ["UNKNOWN_ROLE structure"]);
    assert_eq!(
        david.refusals("alertChoose", input("INCONNUE1")).await,
        ["UNKNOWN_STRUCTURE structure"]
    );
    assert_eq!(
        david.error(CHOOSE, json!({ "input": { "structure": A, "alerts": "SOMETIMES" } })).await,
        "BAD_USER_INPUT"
    );
    assert_eq!(told_about(&world, A).await, ["david", "elise"], "nothing changed");
    world.end().await;
}
