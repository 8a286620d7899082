//! What is said over a WebSocket: queries, mutations, subscriptions, errors.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};
use tests::people::{PASSWORD, address};
use tests::socket::{Heard, Socket};

use super::raw::world;

async fn message(socket: &mut Socket) -> Value {
    match socket.hear().await {
        Heard::Message(message) => message,
        closed @ Heard::Closed(_) => panic!("{closed:?}"),
    }
}

async fn start(socket: &mut Socket, id: &str, payload: Value) {
    socket.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
}

#[tokio::test]
async fn queries_and_mutations_are_answered_once_and_completed() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let mut socket = Socket::connect(&world.url, bruno.token.as_deref()).await;
    let payload = json!({ "query": "query Q($code: String!) { structure(code: $code) { name } viewer { email } } query R { __typename }",
        "operationName": "Q", "variables": { "code": "STRUCTA1" }, "extensions": {} });
    start(&mut socket, "lire", payload).await;
    assert_eq!(
        message(&mut socket).await,
        json!({ "id": "lire", "type": "next", "payload": { "data": { "structure": { "name": "Agence de Montarcy" }, "viewer": { "email": address("bruno") } },
            "extensions": { "cost": { "requested": 4, "limit": 5000 } } } })
    );
    assert_eq!(message(&mut socket).await, json!({ "id": "lire", "type": "complete" }));

    let mutation = "mutation($p: String!) { sessionCreate(input: { email: \"chloe@exemple.test\", password: $p }) { viewer { displayName } } }";
    start(&mut socket, "lire", json!({ "query": mutation, "variables": { "p": PASSWORD } })).await;
    let answer = message(&mut socket).await;
    assert_eq!(answer["payload"]["data"]["sessionCreate"]["viewer"]["displayName"], "Chloé Agente");
    assert_eq!(
        message(&mut socket).await["type"],
        "complete",
        "an id that is free again may be used again"
    );

    // A field that fails is part of the answer, as over HTTP.
    start(&mut socket, "2", json!({ "query": "{ __typename jobQueues { name } }" })).await;
    let answer = message(&mut socket).await;
    assert_eq!(
        (&answer["type"], &answer["payload"]["errors"][0]["extensions"]["code"]),
        (&json!("next"), &json!("FORBIDDEN"))
    );
    assert_eq!(message(&mut socket).await, json!({ "id": "2", "type": "complete" }));
    world.end_anyhow().await;
}

#[tokio::test]
async fn what_cannot_run_is_one_error_message_and_the_socket_stays() {
    let world = world().await;
    let mut socket = Socket::connect(&world.url, None).await;
    let deep = "{ parent ".repeat(12) + "{ code }" + &" }".repeat(12);
    for (payload, code) in [
        (json!({ "query": "{" }), "BAD_USER_INPUT"),
        (json!({ "query": "{ nonesuch }" }), "BAD_USER_INPUT"),
        (json!({ "query": 1 }), "BAD_USER_INPUT"),
        (json!({ "variables": {} }), "BAD_USER_INPUT"),
        (json!({ "query": "{ __typename }", "operationName": "Autre" }), "BAD_USER_INPUT"),
        (
            json!({ "query": "query($code: String!) { structure(code: $code) { name } }" }),
            "BAD_USER_INPUT",
        ),
        (json!({ "query": "{ structure(code: \"\\u0000\") { name } }" }), "BAD_USER_INPUT"),
        (json!({ "query": "subscription { testimonyPublished { nonesuch } }" }), "BAD_USER_INPUT"),
        (
            json!({ "query": "subscription { testimonyPublished(after: \"illisible\") { cursor } }" }),
            "BAD_USER_INPUT",
        ),
        (
            json!({ "query": "subscription { testimonyPublished { cursor } a: testimonyPublished { cursor } }" }),
            "BAD_USER_INPUT",
        ),
        (json!({ "query": "subscription { testimonySubmitted { cursor } }" }), "UNAUTHENTICATED"),
        (
            json!({ "query": format!("{{ structure(code: \"RACINE01\") {deep} }}") }),
            "LIMIT_EXCEEDED",
        ),
        (json!({ "query": "{a".repeat(20_000) }), "LIMIT_EXCEEDED"),
        (
            json!({ "query": "{ structures(first: 100) { nodes { children(first: 100) { nodes { code } } } } }" }),
            "LIMIT_EXCEEDED",
        ),
    ] {
        start(&mut socket, "x", payload.clone()).await;
        let answer = message(&mut socket).await;
        assert_eq!(
            (&answer["type"], &answer["id"]),
            (&json!("error"), &json!("x")),
            "{payload}: {answer}"
        );
        let errors = answer["payload"].as_array().unwrap();
        assert!(!errors[0]["message"].as_str().unwrap().is_empty(), "{answer}");
        assert_eq!(errors[0]["extensions"]["code"], code, "{payload}: {answer}");
        // `error` ended it: no `complete` follows.
        socket.silent().await;
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn pings_are_answered_and_what_nobody_started_is_completed_in_silence() {
    let world = world().await;
    let mut socket = Socket::open(&world.url).await;
    for ping in [json!({ "type": "ping" }), json!({ "type": "ping", "payload": { "at": 1 } })] {
        socket.send(ping).await;
        assert_eq!(
            message(&mut socket).await,
            json!({ "type": "pong" }),
            "even before the introduction"
        );
    }
    socket.send(json!({ "type": "pong" })).await;
    socket.send(json!({ "type": "connection_init", "payload": null })).await;
    assert_eq!(message(&mut socket).await, json!({ "type": "connection_ack" }));
    socket.send(json!({ "id": "inconnu", "type": "complete" })).await;
    socket.silent().await;

    // A completed subscription is over, and its id is free again.
    let live = "subscription { testimonyPublished { cursor } }";
    for _ in 0..3 {
        socket.subscribe("1", live, json!({})).await;
        socket.send(json!({ "id": "1", "type": "complete" })).await;
    }
    socket.silent().await;
    assert!(world.alice.get("/metrics").await.1.contains("spp_subscriptions 0\n"));
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_socket_runs_fifty_operations_at_once() {
    let world = world().await;
    let mut socket = Socket::connect(&world.url, None).await;
    let live = json!({ "query": "subscription { testimonyPublished { cursor } }" });
    for number in 0..50 {
        start(&mut socket, &number.to_string(), live.clone()).await;
    }
    socket.silent().await;
    start(&mut socket, "one too many", live.clone()).await;
    let refused = message(&mut socket).await;
    assert_eq!(
        (&refused["type"], &refused["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("LIMIT_EXCEEDED"))
    );
    socket.send(json!({ "id": "7", "type": "complete" })).await;
    start(&mut socket, "one too many", live).await;
    socket.silent().await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn operations_that_ended_make_room_although_nothing_was_said_since() {
    let world = world().await;
    let mut socket = Socket::connect(&world.url, None).await;
    // Somebody else holds the table: all fifty wait for it when the last one is started.
    let mut holder = world.conn().await;
    holder.batch_execute("begin; lock table commitment in access exclusive mode").await.unwrap();
    for number in 0..50 {
        let slow = json!({ "query": "{ commitments { label } }" });
        start(&mut socket, &number.to_string(), slow).await;
    }
    socket.silent().await;
    holder.batch_execute("rollback").await.unwrap();
    let mut ended = 0;
    while ended < 50 {
        let told = message(&mut socket).await;
        ended += usize::from(told["type"] != "next");
    }
    start(&mut socket, "one more", json!({ "query": "{ __typename }" })).await;
    let told = message(&mut socket).await;
    assert_eq!((&told["id"], &told["type"]), (&json!("one more"), &json!("next")), "{told}");
    world.end_anyhow().await;
}
