//! The graphql-ws client that most front ends use hears an event.

use std::process::Stdio;

use serde_json::{Value, json};
use tests::World;
use tests::people::A;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::audit::script;

#[tokio::test]
async fn a_real_client_hears_a_published_testimony() {
    let world = World::new().await;
    let mut node = script("subscribe.mjs")
        .args([&format!("{}/graphql", world.url), "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node runs");
    // Connected, then subscribed: only then is there somebody to tell.
    let mut said = BufReader::new(node.stderr.take().unwrap()).lines();
    assert_eq!(said.next_line().await.unwrap().as_deref(), Some("connected"));
    let subscribed =
        || async { world.alice.get("/metrics").await.1.contains("spp_subscriptions 1\n") };
    tests::process::until("the client has subscribed", 20, subscribed).await;

    let input = json!({ "structure": A, "title": "Entendu de loin", "body": "Bien.", "pseudonym": "alice",
        "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let told = world.alice.data(submit, json!({ "input": input })).await;
    let gaelle = world.person("gaelle").await;
    assert!(
        gaelle
            .refusals(
                "testimonyPublish",
                json!({ "id": told["testimonySubmit"]["testimony"]["id"] })
            )
            .await
            .is_empty()
    );

    let output = tokio::time::timeout(std::time::Duration::from_secs(20), node.wait_with_output())
        .await
        .expect("an event in time")
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text} {:?}", said.next_line().await);
    let event: Value =
        serde_json::from_str(text.trim()).unwrap_or_else(|_| panic!("one line of JSON: {text}"));
    let testimony = &event["data"]["testimonyPublished"]["testimony"];
    assert_eq!(
        (&testimony["title"], &testimony["structure"]["code"]),
        (&json!("Entendu de loin"), &json!(A))
    );
    world.settle().await;
    world.end().await;
}
