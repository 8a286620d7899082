//! Every way in which a client of `graphql-transport-ws` is shown the door, with its code.

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tests::socket::{Heard, Socket};
use tests::{Client, World};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::raw::{request, send, world};

const LIVE: &str = "subscription { testimonyPublished { cursor } }";

fn subscribe(id: &str, query: &str) -> Value {
    json!({ "id": id, "type": "subscribe", "payload": { "query": query } })
}

/// Hears a socket's last words.
async fn closed(mut socket: Socket) -> u16 {
    loop {
        match socket.hear().await {
            Heard::Closed(code) => return code,
            Heard::Message(message) => assert_ne!(message["type"], "connection_ack", "{message}"),
        }
    }
}

#[tokio::test]
async fn messages_that_are_none_close_with_4400() {
    let world = world().await;
    for text in [
        "",
        "hello",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"type":1}"#,
        r#"{"type":"nonesuch"}"#,
        r#"{"type":"connection_ack"}"#,
        r#"{"type":"next","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","payload":{"query":"{ __typename }"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}"#,
        r#"{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":"{ __typename }"}"#,
        r#"{"type":"subscribe","id":"1","payload":[]}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"ping","payload":1}"#,
    ] {
        let mut socket = Socket::connect(&world.url, None).await;
        socket.send_text(text).await;
        assert_eq!(closed(socket).await, 4400, "{text}");
    }
    let mut long_id = Socket::connect(&world.url, None).await;
    long_id.send(subscribe(&"x".repeat(129), LIVE)).await;
    assert_eq!(closed(long_id).await, 4400);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_binary_frame_closes_with_4400_and_a_giant_one_with_1009() {
    let world = world().await;
    for (frame, code) in [
        (Message::binary(json!({ "type": "connection_init" }).to_string()), 4400),
        (
            Message::text(format!(
                "{{\"type\":\"ping\",\"payload\":{{\"a\":\"{}\"}}}}",
                "x".repeat(256 * 1024)
            )),
            1009,
        ),
    ] {
        let mut request = format!("{}/graphql", world.url.replacen("http", "ws", 1))
            .into_client_request()
            .unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (mut stream, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        stream.send(frame).await.unwrap();
        match stream.next().await {
            Some(Ok(Message::Close(Some(why)))) => assert_eq!(u16::from(why.code), code),
            other => panic!("{other:?}"),
        }
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn another_subprotocol_is_refused_with_status_400() {
    let world = world().await;
    for offered in [None, Some("graphql-ws"), Some("soap, mqtt")] {
        let mut request = format!("{}/graphql", world.url.replacen("http", "ws", 1))
            .into_client_request()
            .unwrap();
        if let Some(offered) = offered {
            request.headers_mut().insert("sec-websocket-protocol", offered.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Err(Error::Http(answer)) => {
                assert_eq!(answer.status(), 400, "{offered:?}");
                let body: Value =
                    serde_json::from_slice(answer.body().as_deref().unwrap()).unwrap();
                assert!(
                    body["errors"][0]["message"].as_str().unwrap().contains("graphql-transport-ws")
                );
            }
            other => panic!("{offered:?}: {other:?}"),
        }
    }
    // One that asks for a WebSocket and forgets the rest of the handshake.
    let half = request(&world, Method::GET, "/graphql")
        .header("upgrade", "websocket")
        .header("sec-websocket-protocol", "graphql-transport-ws");
    assert_eq!(send(half).await.status, 400);
    world.end_anyhow().await;
}

#[tokio::test]
async fn who_does_not_introduce_oneself_or_does_twice_is_let_go() {
    let world = world().await;
    let mut early = Socket::open(&world.url).await;
    early.send(subscribe("1", "{ __typename }")).await;
    assert_eq!(closed(early).await, 4401);

    let mut twice = Socket::connect(&world.url, None).await;
    twice.send(json!({ "type": "connection_init" })).await;
    assert_eq!(closed(twice).await, 4429);

    let mut doubled = Socket::connect(&world.url, None).await;
    doubled.subscribe("a", LIVE, json!({})).await;
    doubled.send(subscribe("a", LIVE)).await;
    assert_eq!(closed(doubled).await, 4409);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_client_that_stays_silent_is_let_go_with_4408() {
    let world = world().await;
    let url = world
        .server_with(|config| config.socket_init_time = std::time::Duration::from_millis(50))
        .await;
    assert_eq!(closed(Socket::open(&url).await).await, 4408);
    // A ping is no introduction; who has introduced oneself may be silent for ever.
    let mut polite = Socket::open(&url).await;
    polite.send(json!({ "type": "ping" })).await;
    assert_eq!(polite.hear().await, Heard::Message(json!({ "type": "pong" })));
    assert_eq!(closed(polite).await, 4408);
    let mut known = Socket::connect(&url, None).await;
    assert_eq!(closed(Socket::open(&url).await).await, 4408, "as long again");
    known.silent().await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_token_that_is_not_good_closes_with_4403() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let token = bruno.token.clone().unwrap();
    let revoked = world.person("bruno").await;
    revoked.data("mutation { sessionDelete { deleted } }", json!({})).await;
    let init = |authorization: Value| json!({ "type": "connection_init", "payload": { "authorization": authorization } });
    for wrong in [
        json!("Bearer erroné"),
        json!(format!("Bearer {}", revoked.token.unwrap())),
        json!(format!("Basic {token}")),
        json!(token),
        json!("Bearer "),
        json!(format!("Bearer {}", "x".repeat(257))),
        json!(12),
        json!({ "token": token }),
    ] {
        let mut socket = Socket::open(&world.url).await;
        socket.send(init(wrong.clone())).await;
        assert_eq!(closed(socket).await, 4403, "{wrong}");
    }
    let mut socket = Socket::open(&world.url).await;
    socket.send(init(json!(format!("bearer {token}")))).await;
    assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
    let nobody: Client = world.alice.clone();
    assert!(nobody.data("{ viewer { email } }", json!({})).await["viewer"].is_null());
    world.end_anyhow().await;
}

/// Sanity of the helper: a healthy socket is not closed.
#[tokio::test]
async fn a_well_behaved_client_stays() {
    let world: World = world().await;
    let mut socket = Socket::connect(&world.url, None).await;
    for _ in 0..3 {
        socket.silent().await;
    }
    world.end_anyhow().await;
}
