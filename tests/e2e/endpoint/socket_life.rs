//! How long a socket lives: as long as its token and its server.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::Client;
use tests::socket::{Heard, Socket};

use super::raw::world;

const LIVE: &str = "subscription { testimonySubmitted { cursor } }";

async fn ask(socket: &mut Socket, document: &str) -> Heard {
    socket.send(json!({ "id": "q", "type": "subscribe", "payload": { "query": document } })).await;
    socket.hear().await
}

async fn log_out(who: &Client) {
    assert_eq!(
        who.data("mutation { sessionDelete { deleted } }", json!({})).await["sessionDelete"]["deleted"],
        true
    );
}

#[tokio::test]
async fn a_token_that_expires_closes_its_socket_and_the_publics_stays() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let mut his = Socket::connect(&world.url, bruno.token.as_deref()).await;
    let mut hers = Socket::connect(&world.url, None).await;
    his.subscribe("1", LIVE, json!({})).await;
    world.clock.advance(TimeDelta::hours(12) - TimeDelta::microseconds(1));
    his.silent().await;
    world.clock.advance(TimeDelta::microseconds(1));
    // The held clock moves no timer: anything that is said makes the server look at it again.
    his.send(json!({ "type": "pong" })).await;
    assert_eq!(his.hear().await, Heard::Closed(4401));
    hers.silent().await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn an_expired_token_runs_nothing_more() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let mut socket = Socket::connect(&world.url, bruno.token.as_deref()).await;
    world.clock.advance(TimeDelta::hours(12));
    assert_eq!(ask(&mut socket, "{ viewer { email } }").await, Heard::Closed(4401));
    world.end_anyhow().await;
}

#[tokio::test]
async fn after_logging_out_elsewhere_an_open_socket_has_no_rights_left() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let mut socket = Socket::connect(&world.url, bruno.token.as_deref()).await;
    let Heard::Message(before) = ask(&mut socket, "{ viewer { email } }").await else {
        panic!("closed")
    };
    assert_eq!(before["payload"]["data"]["viewer"]["email"], "bruno@exemple.test");
    assert_eq!(socket.hear().await, Heard::Message(json!({ "id": "q", "type": "complete" })));
    log_out(&bruno).await;
    assert_eq!(ask(&mut socket, "{ viewer { email } }").await, Heard::Closed(4401));
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_role_that_was_taken_away_counts_at_once_on_an_open_socket() {
    let world = world().await;
    let iris = world.person("iris").await;
    let mut socket = Socket::connect(&world.url, iris.token.as_deref()).await;
    let code = |heard: Heard| match heard {
        Heard::Message(message) => {
            message["payload"].pointer("/errors/0/extensions/code").cloned().unwrap_or(Value::Null)
        }
        closed @ Heard::Closed(_) => panic!("{closed:?}"),
    };
    assert_eq!(code(ask(&mut socket, "{ jobQueues { name } }").await), Value::Null);
    assert_eq!(socket.hear().await, Heard::Message(json!({ "id": "q", "type": "complete" })));
    let taken = "delete from account_role where role = 'OPERATOR'";
    diesel_async::SimpleAsyncConnection::batch_execute(&mut world.conn().await, taken)
        .await
        .unwrap();
    assert_eq!(code(ask(&mut socket, "{ jobQueues { name } }").await), "FORBIDDEN");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_server_that_stops_says_that_it_goes_away() {
    let world = world().await;
    let mut listening = Socket::connect(&world.url, None).await;
    listening.subscribe("1", "subscription { testimonyPublished { cursor } }", json!({})).await;
    let mut silent = Socket::open(&world.url).await;
    silent.send(json!({ "type": "ping" })).await;
    assert_eq!(silent.hear().await, Heard::Message(json!({ "type": "pong" })));
    let (heard, also, ()) = tokio::join!(listening.hear(), silent.hear(), world.end_anyhow());
    assert_eq!((heard, also), (Heard::Closed(1001), Heard::Closed(1001)));
}
