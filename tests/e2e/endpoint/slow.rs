//! Clients that begin and do not end: a body that stalls, a connection that says nothing.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use tests::process::until;
use tests::socket::{Heard, Socket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::raw::world;
use super::time_limit::waiting;

/// Short enough to wait for, and far longer than the moment between two bytes.
const SHORT: Duration = Duration::from_millis(300);

/// Sends bytes, and reads until the server hangs up.
async fn exchange(url: &str, bytes: &str) -> String {
    let talk = async {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset is a way to hang up.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::time::timeout(Duration::from_secs(30), talk).await.expect("the server hangs up")
}

/// A request whose body ends before its time.
fn half(path: &str, kind: &str, more: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: {kind}\r\n{more}\
         content-length: 1000\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up() {
    let world = world().await;
    let url = world.server_with(|config| config.body_time = SHORT).await;
    let form = "application/x-www-form-urlencoded";
    let told = exchange(&url, &half("/graphql", "application/json", "", "{\"query\":")).await;
    assert!(told.starts_with("HTTP/1.1 408 ") && told.contains("\"TIMEOUT\""), "{told}");
    for (path, words) in
        [("/invitations/x", "Rien n&#39;a été enregistré"), ("/operations/login", "Donnez")]
    {
        let told = exchange(&url, &half(path, form, "", "answer=")).await;
        assert!(told.starts_with("HTTP/1.1 408 ") && told.contains(words), "{told}");
    }
    // What is refused for how it is packed is not waited for: here the time for a body is a minute.
    let packed = half("/graphql", "application/json", "content-encoding: gzip\r\n", "");
    let told = exchange(&world.url, &packed).await;
    assert!(told.starts_with("HTTP/1.1 415 "), "{told}");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_unless_it_waits_for_us() {
    let world = world().await;
    // Longer than anybody here pauses between two steps.
    let url = world.server_with(|config| config.idle_time = Duration::from_secs(3)).await;
    let mut socket = Socket::connect(&url, None).await;
    // One waits for an operation, which waits for a lock.
    let mut holder = world.conn().await;
    holder.batch_execute("begin; lock table commitment in access exclusive mode").await.unwrap();
    let client = tests::Client::new(&url);
    let asked =
        tokio::spawn(async move { client.ask("{ commitments { code } }", json!({})).await });
    let mut watcher = world.conn().await;
    until("the operation waits", 20, async || waiting(&mut watcher).await == 1).await;

    assert_eq!(exchange(&url, "").await, "", "before its first request");
    let told = exchange(&url, "GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n").await;
    assert!(told.starts_with("HTTP/1.1 200 ") && told.ends_with("ok\n"), "after one: {told}");

    holder.batch_execute("rollback").await.unwrap();
    let answer = asked.await.unwrap();
    assert_eq!(answer["data"]["commitments"].as_array().map(Vec::len), Some(9), "{answer}");
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "pong" })));
    world.end_anyhow().await;
}
