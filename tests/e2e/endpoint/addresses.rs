//! The map of the server: what each address answers, and to whom.

use reqwest::Method;
use serde_json::json;

use super::raw::{request, send, world};

#[tokio::test]
async fn an_unknown_address_or_method_answers_in_the_same_shape_as_everything() {
    let world = world().await;
    for path in [
        "/nonesuch",
        "/graphql/",
        "/graphiql/",
        "/graphiql/nonesuch.js",
        "/graphiql/..%2findex.html",
        "/schema.graphql/x",
        "/%ff",
        "//",
    ] {
        let answer = send(request(&world, Method::GET, path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{path}");
    }
    for (method, path) in [
        (Method::POST, "/schema.graphql"),
        (Method::DELETE, "/"),
        (Method::POST, "/healthz"),
        (Method::PUT, "/metrics"),
    ] {
        let answer = send(request(&world, method.clone(), path)).await;
        assert_eq!(
            (answer.status, answer.code().as_str(), answer.header("allow")),
            (405, "BAD_USER_INPUT", "GET"),
            "{method} {path}"
        );
    }
    // A script of another site is told the same, and a page that takes forms says so.
    let origin = ("origin", "https://ailleurs.example");
    let answer = send(request(&world, Method::GET, "/nonesuch").header(origin.0, origin.1)).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"));
    let definition = request(&world, Method::POST, "/schema.graphql").header(origin.0, origin.1);
    let answer = send(definition).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET"));
    assert_eq!(answer.header("access-control-allow-origin"), origin.1);
    let answer = send(request(&world, Method::DELETE, "/invitations/x")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, POST"));
    // Who has to log in is told with what.
    for path in ["/written-requests.csv?structure=STRUCTA1", "/comites/1/synthese", "/operations"] {
        let answer = send(request(&world, Method::GET, path).bearer_auth("faux")).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer"), "{path}");
    }
    // Balancers ask for heads only.
    for path in ["/healthz", "/readyz", "/schema.graphql"] {
        let answer = send(request(&world, Method::HEAD, path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
    }
    world.end_anyhow().await;
}

/// PostgreSQL takes none, and would make a failure of ours of it.
#[tokio::test]
async fn a_null_character_is_refused_wherever_it_stands() {
    let world = world().await;
    for path in
        ["/comites/%00", "/operations/jobs?queue=%00", "/written-requests.csv?structure=%00"]
    {
        let answer = send(request(&world, Method::GET, path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"), "{path}");
    }
    for (path, name) in [("/operations/login", "email"), ("/invitations/x", "answer")] {
        let form = [(name, "a\0b"), ("password", "x")];
        let answer = send(request(&world, Method::POST, path).form(&form)).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn any_site_may_call_but_only_with_what_the_api_needs() {
    let world = world().await;
    let preflight = |method: &str, headers: &str| {
        request(&world, Method::OPTIONS, "/graphql")
            .header("origin", "https://ailleurs.example")
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers)
    };
    let allowed = send(preflight("POST", "content-type, authorization, x-request-id")).await;
    assert_eq!(allowed.status, 200, "{allowed:?}");
    assert_eq!(allowed.header("access-control-allow-origin"), "https://ailleurs.example");
    assert!(allowed.header("access-control-allow-methods").contains("POST"), "{allowed:?}");
    assert!(
        allowed.header("access-control-allow-headers").contains("authorization"),
        "{allowed:?}"
    );
    // Cookies and stored passwords of a browser are never asked for.
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    for (method, headers) in [("DELETE", "content-type"), ("POST", "x-evil")] {
        let refused = send(preflight(method, headers)).await;
        assert_eq!(
            refused.header("access-control-allow-origin"),
            "",
            "{method} {headers}: {refused:?}"
        );
        assert_eq!((refused.status, refused.code().as_str()), (403, "FORBIDDEN"), "{refused:?}");
    }
    let call = request(&world, Method::POST, "/graphql")
        .header("origin", "https://ailleurs.example")
        .json(&json!({ "query": "{ __typename }" }));
    let answer = send(call).await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, "https://ailleurs.example")
    );
    assert_eq!(answer.header("access-control-expose-headers"), "x-request-id");
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_definition_served_is_the_committed_one() {
    let world = world().await;
    let answer = send(request(&world, Method::GET, "/schema.graphql")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"));
    let committed =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/schema.graphql"))
            .unwrap();
    assert!(
        answer.text == committed,
        "schema/schema.graphql is old: cargo run -q -p server -- print sdl > schema/schema.graphql"
    );
    world.end_anyhow().await;
}
