//! What one client may cost: sockets, messages, memory; and when it is let go without asking.

use futures_util::SinkExt;
use serde_json::json;
use tests::socket::{Heard, Socket};
use tests::{Client, World};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::raw::world;

/// A handshake, with an `Origin` or without; its status when refused.
async fn handshake(
    url: &str,
    origin: Option<&str>,
) -> Result<
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
    u16,
> {
    let mut request =
        format!("{}/graphql", url.replacen("http", "ws", 1)).into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    match tokio_tungstenite::connect_async(request).await {
        Ok((stream, _)) => Ok(stream),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

async fn sockets(url: &str) -> String {
    let text = Client::new(url).get("/metrics").await.1;
    let line = text.lines().find(|line| line.starts_with("spp_sockets "));
    line.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_network_address_holds_so_many_sockets_and_a_closed_one_makes_room() {
    let world = world().await;
    let url = world.server_with(|config| config.sockets_per_client = 3).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(handshake(&url, None).await.unwrap());
    }
    assert_eq!(handshake(&url, None).await.err(), Some(429));
    open.pop().unwrap().close(None).await.unwrap();
    tests::process::until("there is room again", 20, async || handshake(&url, None).await.is_ok())
        .await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn who_talks_too_fast_is_let_go() {
    let world = world().await;
    let mut socket = Socket::connect(&world.url, None).await;
    for _ in 0..90 {
        socket.send(json!({ "type": "pong" })).await;
    }
    socket.silent().await;
    let mut stream = handshake(&world.url, None).await.unwrap();
    let mut refused = false;
    for _ in 0..5_000 {
        if stream.send(Message::text("{\"type\":\"pong\"}")).await.is_err() {
            refused = true;
            break;
        }
    }
    let mut code = None;
    while let Some(Ok(frame)) = futures_util::StreamExt::next(&mut stream).await {
        if let Message::Close(why) = frame {
            code = why.map(|why| u16::from(why.code));
        }
    }
    // The server may have hung up before its reason was read.
    assert!(code == Some(1008) || (refused && code.is_none()), "{code:?}");
    world.end_anyhow().await;
}

#[tokio::test]
async fn only_listed_sites_may_connect_from_a_browser() {
    let world = world().await;
    let list = server::origins::Origins::parse("https://plus.example.fr").unwrap();
    let url = world.server_with(|config| config.origins = list).await;
    assert!(handshake(&url, None).await.is_ok(), "a program that is no browser");
    assert!(handshake(&url, Some("https://plus.example.fr")).await.is_ok());
    for other in ["https://evil.test", "null", "http://plus.example.fr"] {
        assert_eq!(handshake(&url, Some(other)).await.err(), Some(403), "{other}");
    }
    // Scripts of other sites are not told that they may read answers either.
    for (origin, allowed) in [("https://plus.example.fr", true), ("https://evil.test", false)] {
        let answer = reqwest::Client::new()
            .request(reqwest::Method::OPTIONS, format!("{url}/graphql"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type, authorization")
            .send()
            .await
            .unwrap();
        let told = answer.headers().get("access-control-allow-origin");
        assert_eq!(told.is_some_and(|value| value == origin), allowed, "{origin}: {answer:?}");
    }
    assert!(handshake(&world.url, Some("https://any.test")).await.is_ok(), "without a list, any");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_session_that_ended_elsewhere_closes_its_silent_socket() {
    let world = world().await;
    let often = std::time::Duration::from_millis(50);
    let url = world.server_with(move |config| config.socket_check_time = often).await;
    let bruno = world.person("bruno").await;
    let mut public = Socket::connect(&url, None).await;
    let mut socket = Socket::connect(&url, bruno.token.as_deref()).await;
    socket.silent().await;
    bruno.data("mutation { sessionDelete { deleted } }", json!({})).await;
    assert_eq!(socket.hear().await, Heard::Closed(4401));
    public.silent().await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_let_go() {
    let world: World = world().await;
    let mut stream = handshake(&world.url, None).await.unwrap();
    stream.send(Message::text(json!({ "type": "connection_init" }).to_string())).await.unwrap();
    // Answers of some hundred kilobytes, far more than all buffers on the way can hold.
    let heavy = "{ __schema { types { name description fields { name description args { name description }
        type { name kind ofType { name kind } } } enumValues { name description } inputFields { name description } } } }";
    let mut number = 0;
    tests::process::until("the server gives the socket up", 60, async || {
        number += 1;
        let payload =
            json!({ "id": number.to_string(), "type": "subscribe", "payload": { "query": heavy } });
        // Sending fails once the server has hung up.
        let _ = stream.send(Message::text(payload.to_string())).await;
        sockets(&world.url).await == "spp_sockets 0"
    })
    .await;
    world.end_anyhow().await;
}
