//! GraphQL over server-sent events: one operation per connection, for clients behind proxies.

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use tests::World;
use tests::people::A;
use tests::socket::Socket;

use super::raw::{NEW, request, send, world};

/// An answer that takes longer is a failure.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// An open stream of events, read as a program reads it.
struct Events {
    bytes: futures_util::stream::BoxStream<'static, Vec<u8>>,
    text: String,
}

impl Events {
    async fn open(url: &str, token: Option<&str>, query: &str) -> (u16, Self) {
        let mut request = reqwest::Client::new()
            .post(format!("{url}/graphql"))
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            // A browser always accepts this; events must not wait for a compressor to fill.
            .header("accept-encoding", "gzip, br")
            .body(json!({ "query": query }).to_string());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes_stream().map(|part| part.map(|b| b.to_vec()).unwrap_or_default());
        (status, Self { bytes: bytes.boxed(), text: String::new() })
    }

    /// The next event: its name and data. `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
                };
                if let Some(event) = field("event:") {
                    let data = field("data:").unwrap_or_default();
                    return Some((
                        event.to_owned(),
                        serde_json::from_str(data).unwrap_or_default(),
                    ));
                }
            }
            let part = tokio::time::timeout(PATIENCE, self.bytes.next());
            self.text += &String::from_utf8(part.await.expect("an event in time")?).unwrap();
        }
    }
}

#[tokio::test]
async fn a_query_is_one_result_and_the_end() {
    let world = world().await;
    let (status, mut events) = Events::open(&world.url, None, "{ commitments { code } }").await;
    assert_eq!(status, 200);
    let (event, data) = events.next().await.unwrap();
    assert_eq!(
        (event.as_str(), data["data"]["commitments"].as_array().unwrap().len()),
        ("next", 9)
    );
    assert_eq!(events.next().await.unwrap().0, "complete");
    assert!(events.next().await.is_none());
    // Who asks is looked at before what is asked.
    let (status, _) = Events::open(&world.url, Some("nobody"), "{ commitments { code } }").await;
    assert_eq!(status, 401);
    world.end_anyhow().await;
}

#[tokio::test]
async fn members_stand_in_the_documents_order_over_events_and_sockets_too() {
    let world = world().await;
    let query = "{ z: __typename a: __typename commitments { label code } }";
    let asked = request(&world, Method::POST, "/graphql")
        .header("accept", "text/event-stream")
        .header("content-type", "application/json")
        .body(json!({ "query": query }).to_string());
    let told = send(asked).await.text;
    let start = r#"{"data":{"z":"Query","a":"Query","commitments":[{"label":"#;
    assert!(told.starts_with(&format!("event: next\ndata: {start}")), "{told}");
    let mut socket = Socket::connect(&world.url, None).await;
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": query } });
    socket.send(subscribe).await;
    let told = socket.hear_text().await;
    assert!(told.contains(&format!("\"payload\":{start}")), "{told}");
    world.end_anyhow().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_a_result_where_only_events_are_accepted() {
    let world = world().await;
    let ask = |accept: &str, body: Value| {
        let request = request(&world, Method::POST, "/graphql");
        let request = request.header("content-type", "application/json").header("accept", accept);
        send(request.body(body.to_string()))
    };
    let structure = "query($code: String!) { structure(code: $code) { name } }";
    for (body, code) in [
        (json!({ "query": "{" }), "BAD_USER_INPUT"),
        (json!({ "query": "{ nothing }" }), "BAD_USER_INPUT"),
        (json!({ "query": "subscription { nothing }" }), "BAD_USER_INPUT"),
        (json!({ "query": structure }), "BAD_USER_INPUT"),
        (json!({ "query": "{ __typename }", "operationName": "Autre" }), "BAD_USER_INPUT"),
        (json!({ "query": format!("{{ {} }}", "__typename ".repeat(51)) }), "LIMIT_EXCEEDED"),
        (json!({ "documentId": "00" }), "DOCUMENT_UNKNOWN"),
    ] {
        let answer = ask("text/event-stream", body.clone()).await;
        assert_eq!(answer.status, 200, "{body}: {answer:?}");
        assert_eq!(answer.header("content-type"), "text/event-stream; charset=utf-8", "{body}");
        let told = answer.text.strip_prefix("event: next\ndata: ");
        let told = told.and_then(|text| text.strip_suffix("\n\nevent: complete\ndata:\n\n"));
        let told: Value = serde_json::from_str(told.expect("two events")).unwrap();
        assert_eq!(told["errors"][0]["extensions"]["code"], code, "{body}: {told}");
        assert!(told.get("data").is_none(), "{body}: {told}");
        // Who reads JSON as well is told with a status.
        let answer = ask(&format!("text/event-stream, {NEW}"), body.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, code), "{body}");
    }
    // No request of GraphQL at all: there is nothing to execute, and no result.
    for body in [json!([]), json!({}), json!({ "query": 1 })] {
        assert_eq!(ask("text/event-stream", body.clone()).await.status, 400, "{body}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_subscription_is_heard_until_its_rights_or_the_server_end() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let query = "subscription { testimonySubmitted { testimony { title } } }";
    let (status, mut events) = Events::open(&world.url, bruno.token.as_deref(), query).await;
    assert_eq!(status, 200);
    let subscribed =
        || async { world.alice.get("/metrics").await.1.contains("spp_subscriptions 1\n") };
    tests::process::until("the client has subscribed", 20, subscribed).await;
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let tell = |title: &str| {
        json!({ "input": { "structure": A, "title": title, "body": "Bien.", "pseudonym": "alice",
            "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] } })
    };
    world.alice.data(submit, tell("Entendu")).await;
    let (event, data) = events.next().await.unwrap();
    assert_eq!(event, "next");
    assert_eq!(data["data"]["testimonySubmitted"]["testimony"]["title"], "Entendu");
    // Logged out elsewhere: the next event is a refusal, and the end.
    bruno.data("mutation { sessionDelete { userErrors { code } } }", json!({})).await;
    world.alice.data(submit, tell("Plus pour lui")).await;
    let (_, data) = events.next().await.unwrap();
    assert_eq!(data["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(events.next().await.unwrap().0, "complete");

    // A token that expires ends the stream, and nothing more is told.
    let bruno = world.person("bruno").await;
    let (_, mut events) = Events::open(&world.url, bruno.token.as_deref(), query).await;
    world.clock.advance(chrono::TimeDelta::hours(12));
    world.alice.data(submit, tell("Trop tard")).await;
    while let Some((_, told)) = events.next().await {
        assert!(told["data"].is_null(), "{told}");
    }
    let gone = || async { world.alice.get("/metrics").await.1.contains("spp_subscriptions 0\n") };
    tests::process::until("nobody listens any more", 20, gone).await;
    world.settle().await;
    world.end().await;
}
