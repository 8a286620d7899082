//! What another web site can make a visitor's browser do here: nothing. Every content type × method × cookie × origin.

use reqwest::Method;
use serde_json::json;
use tests::people::A;

use super::raw::{request, send, world};

const SUBMIT: &str = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";

#[tokio::test]
async fn only_a_post_of_json_changes_anything_whatever_cookie_or_origin() {
    let world = world().await;
    let bruno = world.person("bruno").await;
    let token = bruno.token.clone().unwrap();
    let (mut tried, mut changed) = (0, 0);
    for kind in [
        None,
        Some("text/plain"),
        Some("text/plain; charset=utf-8"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/json"),
        Some("application/graphql"),
    ] {
        for method in
            [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD]
        {
            for cookie in [
                None,
                Some(format!("token={token}; authorization=Bearer {token}; session={token}")),
            ] {
                for origin in [None, Some("https://evil.test"), Some("null")] {
                    tried += 1;
                    let input = json!({ "structure": A, "title": format!("Essai {tried}"), "body": "Bien.", "pseudonym": "alice",
                        "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
                    let body = json!({ "query": SUBMIT, "variables": { "input": input } });
                    let mut asked = if method == Method::GET || method == Method::HEAD {
                        let variables = body["variables"].to_string();
                        request(&world, method.clone(), "/graphql")
                            .query(&[("query", SUBMIT), ("variables", &variables)])
                    } else {
                        request(&world, method.clone(), "/graphql").body(body.to_string())
                    };
                    for (name, value) in
                        [("content-type", kind), ("cookie", cookie.as_deref()), ("origin", origin)]
                    {
                        if let Some(value) = value {
                            asked = asked.header(name, value);
                        }
                    }
                    let answer = send(asked).await;
                    let did = answer.text.contains("\"testimony\":{");
                    let may = method == Method::POST && kind == Some("application/json");
                    assert_eq!(did, may, "{method} {kind:?} {cookie:?} {origin:?}: {answer:?}");
                    changed += usize::from(did);
                    // A site with credentials is never told that it may read the answer.
                    assert_eq!(answer.header("access-control-allow-credentials"), "");
                    assert_eq!(answer.header("set-cookie"), "");
                }
            }
        }
    }
    assert_eq!((tried, changed), (7 * 6 * 2 * 3, 6));
    // A cookie is no session: who sends only that is nobody.
    let viewer = send(
        request(&world, Method::POST, "/graphql")
            .header("content-type", "application/json")
            .header("cookie", format!("token={token}"))
            .body(json!({ "query": "{ viewer { email } }" }).to_string()),
    )
    .await;
    assert_eq!(viewer.data(), json!({ "viewer": null }));
    world.end_anyhow().await;
}

#[tokio::test]
async fn every_answer_is_guarded_and_boasts_of_nothing() {
    let world = world().await;
    for path in [
        "/",
        "/graphql?query={__typename}",
        "/graphql",
        "/schema.graphql",
        "/healthz",
        "/readyz",
        "/metrics",
        "/nothing",
        "/comites/1",
        "/invitations/x",
        "/temoignages/1",
        "/written-requests.csv",
    ] {
        let answer = send(request(&world, Method::GET, path)).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(
            answer.header("content-security-policy").contains("frame-ancestors 'none'"),
            "{path}: {answer:?}"
        );
        for name in ["server", "x-powered-by", "via"] {
            assert_eq!(answer.header(name), "", "{path}");
        }
        assert!(!answer.text.to_lowercase().contains("poem"), "{path}");
    }
    world.end_anyhow().await;
}
