//! Introducing oneself on a socket: in time, once, with a good token or none.

use serde_json::{Value, json};
use tests::socket::{Heard, Socket};

use super::raw::world;
use super::socket_closes::{LIVE, closed, subscribe};

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
        .server_with(|config| config.socket_init_time = std::time::Duration::from_millis(500))
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
    // In any case a good one, and none at all.
    for good in [json!(format!("bearer {token}")), json!(null)] {
        let mut socket = Socket::open(&world.url).await;
        socket.send(init(good)).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
    }
    world.end_anyhow().await;
}
