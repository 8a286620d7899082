//! Bodies: small for the public, as large as an import for those who are logged in.

use schema::foundation::settings::Settings;
use serde_json::json;
use server::limits::PUBLIC_BODY_BYTES;
use tests::World;
use tests::world::Plan;

use super::raw::{post, send};

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
