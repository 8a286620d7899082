//! Every way in which a client of `graphql-transport-ws` is shown the door, with its code.

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tests::socket::{Heard, Socket};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::raw::{request, send, world};

pub(super) const LIVE: &str = "subscription { testimonyPublished { cursor } }";

pub(super) fn subscribe(id: &str, query: &str) -> Value {
    json!({ "id": id, "type": "subscribe", "payload": { "query": query } })
}

/// Hears a socket's last words.
pub(super) async fn closed(mut socket: Socket) -> u16 {
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
