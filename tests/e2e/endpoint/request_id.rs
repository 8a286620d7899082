//! The request id: what a person quotes when asking for help.

use serde_json::{Value, json};
use tests::World;

use super::raw::{Answer, post, send, world};

async fn with_id(world: &World, id: Option<&str>, body: &Value) -> Answer {
    let request = post(world).body(body.to_string());
    send(match id {
        Some(id) => request.header(
            "x-request-id",
            reqwest::header::HeaderValue::from_bytes(id.as_bytes()).unwrap(),
        ),
        None => request,
    })
    .await
}

#[tokio::test]
async fn a_plain_id_is_echoed_and_any_other_is_replaced() {
    let world = world().await;
    let body = json!({ "query": "{ __typename }" });
    let longest = "x".repeat(64);
    for id in ["abc-123_XYZ", "0", &longest] {
        assert_eq!(with_id(&world, Some(id), &body).await.header("x-request-id"), id);
    }
    let mut made = Vec::new();
    for id in [
        None,
        Some(""),
        Some("two words"),
        Some("é"),
        Some("a;b"),
        Some("<script>"),
        Some("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    ] {
        let new = with_id(&world, id, &body).await.header("x-request-id").to_owned();
        assert!(new.len() == 36 && Some(new.as_str()) != id, "{id:?} gave {new}");
        made.push(new);
    }
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 7, "each request has its own");
    world.end_anyhow().await;
}

#[tokio::test]
async fn refusals_carry_it_too() {
    let world = world().await;
    for body in [
        json!({ "query": "{" }),
        json!({ "query": 1 }),
        json!([]),
        json!({ "query": "{ nonesuch }" }),
        json!({ "query": "{ jobQueues { name } }" }),
    ] {
        let answer = with_id(&world, Some("aide-42"), &body).await;
        assert_eq!(answer.header("x-request-id"), "aide-42", "{body}");
    }
    let denied = with_id(&world, Some("aide-42"), &json!({ "query": "{ jobQueues { name } }" }))
        .await
        .json();
    assert_eq!(
        denied["errors"][0]["extensions"],
        json!({ "code": "UNAUTHENTICATED", "requestId": "aide-42" })
    );
    let stranger =
        send(post(&world).bearer_auth("erroné").header("x-request-id", "aide-43").body("{}")).await;
    assert_eq!((stranger.status, stranger.header("x-request-id")), (401, "aide-43"));
    world.end_anyhow().await;
}
