//! For those who watch: alive, ready, figures.

use serde_json::json;
use tests::socket::Socket;

use super::raw::{ask, world};

#[tokio::test]
async fn the_server_says_that_it_is_alive_and_ready() {
    let world = world().await;
    assert_eq!(world.alice.get("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(world.alice.get("/readyz").await, (200, "ready\n".to_owned()));
    world.end_anyhow().await;
}

#[tokio::test]
async fn figures_count_operations_and_open_sockets_and_hold_no_personal_data() {
    let world = world().await;
    ask(&world, "{ networks { code } }").await;
    ask(&world, "{ jobQueues { name } }").await;
    // Refused before it is an operation: it is among the HTTP answers.
    ask(&world, "{ nonesuch }").await;
    world.person("bruno").await;
    let mut socket = Socket::connect(&world.url, None).await;
    socket.subscribe("1", "subscription { testimonyPublished { cursor } }", json!({})).await;
    let (status, text) = world.alice.get("/metrics").await;
    assert_eq!(status, 200);
    let figure = |name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("no {name} in {text}"));
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    assert_eq!(
        figure(
            "spp_graphql_operation_seconds_count{operation=\"none\",outcome=\"ok\",type=\"query\"}"
        ),
        1.0
    );
    assert_eq!(
        figure(
            "spp_graphql_operation_seconds_count{operation=\"none\",outcome=\"error\",type=\"query\"}"
        ),
        1.0
    );
    assert_eq!(
        figure(
            "spp_graphql_operation_seconds_count{operation=\"none\",outcome=\"ok\",type=\"mutation\"}"
        ),
        1.0
    );
    assert_eq!(figure("spp_sockets "), 1.0);
    assert_eq!(figure("spp_subscriptions "), 1.0);
    assert!(!text.contains("bruno"), "{text}");
    drop(socket);
    let gone = || async { world.alice.get("/metrics").await.1.contains("spp_sockets 0\n") };
    tests::process::until("the socket is counted out", 10, gone).await;
    assert!(world.alice.get("/metrics").await.1.contains("spp_subscriptions 0\n"));
    world.end_anyhow().await;
}
