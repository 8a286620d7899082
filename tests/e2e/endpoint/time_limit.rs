//! The time limit of an operation, over HTTP and over a socket.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use tests::socket::{Heard, Socket};

use super::outage::told;
use super::raw::{send, world};

#[tokio::test]
async fn an_operation_that_takes_too_long_is_stopped_and_its_place_is_free_again() {
    let world = world().await;
    let url =
        world.server_with(|config| config.time_limit = std::time::Duration::from_millis(200)).await;
    // Somebody else holds the table: whoever reads it waits.
    let mut holder = world.conn().await;
    holder.batch_execute("begin; lock table commitment in access exclusive mode").await.unwrap();
    let mut watcher = world.conn().await;
    let slow = json!({ "query": "{ commitments { label } }" }).to_string();
    let request = reqwest::Client::new()
        .post(format!("{url}/graphql"))
        .header("content-type", "application/json")
        .header("accept", super::raw::NEW);
    let answer = send(request.header("x-request-id", "panne-7").body(slow)).await;
    assert_eq!(answer.status, 504, "{answer:?}");
    assert_eq!(told(&answer)["extensions"], json!({ "code": "TIMEOUT", "requestId": "panne-7" }));

    let mut socket = Socket::connect(&url, None).await;
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": { "query": "{ commitments { label } }" } })).await;
    match socket.hear().await {
        Heard::Message(message) => {
            assert_eq!(
                (&message["type"], &message["payload"][0]["extensions"]["code"]),
                (&json!("error"), &json!("TIMEOUT")),
                "{message}"
            );
        }
        other => panic!("{other:?}"),
    }
    // Nothing waits in the database any more, although the table is still held.
    tests::process::until("the statements are cancelled", 20, async || {
        waiting(&mut watcher).await == 0
    })
    .await;
    holder.batch_execute("rollback").await.unwrap();
    let client = tests::Client::new(&url);
    // Perhaps not at once: connections are made anew, and the limit is short.
    tests::process::until("its place is free again", 20, async || {
        let answer = client.ask("{ commitments { code } }", json!({})).await;
        answer["data"]["commitments"].as_array().is_some_and(|all| all.len() == 9)
    })
    .await;
    world.end_anyhow().await;
}

/// Statements of this database that wait for a lock.
pub(super) async fn waiting(conn: &mut schema::foundation::database::Conn) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let count = diesel::sql_query(
        "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    diesel_async::RunQueryDsl::get_result::<Count>(count, conn).await.unwrap().n
}
