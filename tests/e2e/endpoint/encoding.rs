//! Packed answers, as their client wants them; packed requests, not at all.

use reqwest::Method;
use serde_json::json;
use tests::people::{PASSWORD, address};

use super::raw::{post, request, send, world};

#[tokio::test]
async fn an_answer_is_packed_only_for_who_wants_it() {
    let world = world().await;
    for (asked, expected) in [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("identity;q=1, *;q=0", ""),
        ("*", ""),
    ] {
        let asking = request(&world, Method::GET, "/schema.graphql");
        let answer = send(asking.header("accept-encoding", asked)).await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, expected), "{asked}");
        assert_eq!(answer.header("vary"), "accept-encoding", "{asked}");
    }
    // Beside what the answer depends on otherwise.
    let answer = send(post(&world).body(json!({ "query": "{ __typename }" }).to_string())).await;
    let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
    assert_eq!(vary, ["accept, authorization", "accept-encoding"]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_packed_request_is_refused() {
    let world = world().await;
    let token = world.person("bruno").await.token.unwrap();
    let body = json!({ "query": "{ __typename }" }).to_string();
    for coding in ["gzip", "br", "deflate", "zstd", "x-gzip", "identity, gzip"] {
        let asked = post(&world).bearer_auth(&token).header("content-encoding", coding);
        let refused = send(asked.body(body.clone())).await;
        assert_eq!((refused.status, refused.code().as_str()), (415, "BAD_USER_INPUT"), "{coding}");
        let form = [("email", address("iris")), ("password", PASSWORD.to_owned())];
        let asked = request(&world, Method::POST, "/operations/login").form(&form);
        assert_eq!(send(asked.header("content-encoding", coding)).await.status, 415, "{coding}");
    }
    let plain = send(post(&world).header("content-encoding", "identity").body(body)).await;
    assert_eq!((plain.status, plain.data()), (200, json!({ "__typename": "Query" })));
    world.end_anyhow().await;
}
