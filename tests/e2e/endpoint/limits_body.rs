//! Bodies: small for the public, as large as an import for those who are logged in.

use futures_util::future::join_all;
use reqwest::Method;
use schema::foundation::settings::Settings;
use serde_json::json;
use server::limits::{LARGE_BODIES, PUBLIC_BODY_BYTES, VALUES};
use tests::World;
use tests::world::Plan;

use super::raw::{NEW, post, request, send};

#[tokio::test]
async fn the_public_sends_262144_bytes_and_a_session_twice_the_largest_import() {
    let settings = Settings { import_bytes: 300_000, ..Settings::default() };
    let world = World::with(Plan { worker: false, settings, ..Plan::default() }).await;
    let token = world.person("bruno").await.token.unwrap();
    let of_length = |length: usize| {
        let empty = json!({ "query": "{ __typename }", "variables": { "a": "" } }).to_string();
        json!({ "query": "{ __typename }", "variables": { "a": "x".repeat(length - empty.len()) } })
            .to_string()
    };
    for (length, public, member) in [
        (PUBLIC_BODY_BYTES, 200, 200),
        (PUBLIC_BODY_BYTES + 1, 413, 200),
        (600_000, 413, 200),
        (600_001, 413, 413),
    ] {
        let body = of_length(length);
        assert_eq!(body.len(), length);
        for (request, expected) in
            [(post(&world), public), (post(&world).bearer_auth(&token), member)]
        {
            let answer = send(request.body(body.clone())).await;
            assert_eq!(answer.status, expected, "{length} bytes: {:.200}", answer.text);
            if expected == 413 {
                assert_eq!(answer.code(), "LIMIT_EXCEEDED");
            }
        }
    }
    // A wrong token opens nothing: it is refused before the body is read.
    let refused = send(post(&world).bearer_auth("erroné").body(of_length(600_001))).await;
    assert_eq!((refused.status, refused.code().as_str()), (401, "UNAUTHENTICATED"));
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_large_body_is_a_file_and_many_at_once_take_their_turn() {
    let settings = Settings { import_bytes: 1_000_000, ..Settings::default() };
    let world = World::with(Plan { worker: false, settings, ..Plan::default() }).await;
    let token = world.person("bruno").await.token.unwrap();
    let sent = |query: &str, value: serde_json::Value| {
        let body = json!({ "query": query, "variables": { "a": value } }).to_string();
        assert!(body.len() > PUBLIC_BODY_BYTES);
        post(&world).bearer_auth(&token).body(body)
    };
    let text = json!("x".repeat(500_000));
    // Each gives its place back, whatever became of it.
    let queries = (0..4 * LARGE_BODIES)
        .map(|turn| if turn % 2 == 0 { "{ __typename }" } else { "{ nonesuch }" });
    let answers = join_all(queries.map(|query| send(sent(query, text.clone())))).await;
    let (well, wrong): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((well.len(), wrong.len()), (2 * LARGE_BODIES, 2 * LARGE_BODIES));
    assert!(wrong.iter().all(|answer| answer.status == 400), "{wrong:?}");
    // Numbers by the thousand are no file, and nothing that lasts may keep a place.
    let refused = send(sent("{ __typename }", json!(vec![0; VALUES]))).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "LIMIT_EXCEEDED"));
    let live = json!({ "query": "subscription { testimonyPublished { cursor } }", "variables": { "a": text } });
    for accept in [NEW, "text/event-stream", "application/json, text/event-stream"] {
        let asked = request(&world, Method::POST, "/graphql").header("accept", accept);
        let refused = send(asked.bearer_auth(&token).json(&live)).await;
        assert_eq!((refused.status, refused.code().as_str()), (413, "LIMIT_EXCEEDED"), "{accept}");
    }
    assert_eq!(send(sent("{ __typename }", text)).await.status, 200);
    world.end_anyhow().await;
}
