//! GraphQL over HTTP: what is accepted, what is refused, with which status.

use reqwest::Method;
use serde_json::json;

use super::raw::{NEW, ask, post, request, send, world};

const LOG_OUT: &str = "mutation { sessionDelete { deleted } }";

#[tokio::test]
async fn get_reads_and_never_changes() {
    let world = world().await;
    let get = |parameters: &[(&str, &str)]| {
        request(&world, Method::GET, "/graphql").query(parameters).header("accept", NEW)
    };
    let variables = json!({ "code": "STRUCTA1" }).to_string();
    let document =
        "query Q($code: String!) { structure(code: $code) { name } } query R { networks { code } }";
    let found =
        send(get(&[("query", document), ("operationName", "Q"), ("variables", &variables)])).await;
    assert_eq!(
        (found.status, found.json()),
        (200, json!({ "data": { "structure": { "name": "Agence de Montarcy" } } }))
    );

    let bruno = world.person("bruno").await;
    let token = bruno.token.as_deref().unwrap();
    for accept in [NEW, "application/json"] {
        let refused =
            send(get(&[("query", LOG_OUT)]).header("accept", accept).bearer_auth(token)).await;
        assert_eq!(
            (refused.status, refused.code().as_str(), refused.header("allow")),
            (405, "BAD_USER_INPUT", "POST")
        );
    }
    // Neither does a mutation hidden behind a query's name.
    let both = "query Q { __typename } mutation M { sessionDelete { deleted } }";
    assert_eq!(
        send(get(&[("query", both), ("operationName", "M")]).bearer_auth(token)).await.status,
        405
    );
    assert_eq!(
        bruno.data("{ viewer { email } }", json!({})).await["viewer"]["email"],
        "bruno@exemple.test",
        "still logged in"
    );

    for parameters in [
        vec![("variables", "{}")],
        vec![("query", "{ __typename }"), ("variables", "{")],
        vec![("query", "{ __typename }"), ("variables", "[1]")],
        vec![("query", "{ __typename }"), ("extensions", "1")],
    ] {
        let refused = send(get(&parameters)).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (400, "BAD_USER_INPUT"),
            "{parameters:?}"
        );
    }
    let live = send(get(&[("query", "subscription { testimonyPublished { cursor } }")])).await;
    assert_eq!((live.status, live.header("allow")), (405, "POST"));
    for path in ["/graphql", "/graphql?query=%ff", "/graphql?query={%20__typename%20}&query=%7B"] {
        assert_eq!(
            send(request(&world, Method::GET, path).header("accept", NEW)).await.status,
            400,
            "{path}"
        );
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn other_methods_and_media_types_are_refused() {
    let world = world().await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = send(
            request(&world, method.clone(), "/graphql").json(&json!({ "query": "{ __typename }" })),
        )
        .await;
        assert_eq!(
            (refused.status, refused.code().as_str(), refused.header("allow")),
            (405, "BAD_USER_INPUT", "GET, POST"),
            "{method}"
        );
    }
    let form = "--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"{ __typename }\"}\r\n--x--\r\n";
    for (kind, body) in [
        ("text/plain", body.as_str()),
        ("text/plain; charset=utf-8", &body),
        ("multipart/form-data; boundary=x", form),
        ("application/x-www-form-urlencoded", "query=%7B__typename%7D"),
        ("application/graphql", "{ __typename }"),
        ("application/jsonx", &body),
        ("text/json", &body),
    ] {
        let refused = send(
            request(&world, Method::POST, "/graphql")
                .header("content-type", kind)
                .body(body.to_owned()),
        )
        .await;
        assert_eq!((refused.status, refused.code().as_str()), (415, "BAD_USER_INPUT"), "{kind}");
    }
    let nameless = send(request(&world, Method::POST, "/graphql").body(body.clone())).await;
    assert_eq!(nameless.status, 415, "without a content type");
    for kind in [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
    ] {
        let found = send(
            request(&world, Method::POST, "/graphql")
                .header("content-type", kind)
                .body(body.clone()),
        )
        .await;
        assert_eq!(
            (found.status, found.json()),
            (200, json!({ "data": { "__typename": "Query" } })),
            "{kind}"
        );
    }
    for accept in ["text/html", "application/xml, text/*"] {
        let refused = send(
            request(&world, Method::POST, "/graphql")
                .header("accept", accept)
                .header("content-type", "application/json")
                .body(body.clone()),
        )
        .await;
        assert_eq!((refused.status, refused.code().as_str()), (406, "BAD_USER_INPUT"), "{accept}");
    }
    // An offer to speak another protocol than WebSocket is no reason to refuse the request.
    let offered =
        send(post(&world).header("connection", "upgrade").header("upgrade", "h2c").body(body))
            .await;
    assert_eq!(
        (offered.status, offered.json()),
        (200, json!({ "data": { "__typename": "Query" } }))
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_with_what_to_change() {
    let world = world().await;
    for (why, body) in [
        ("nothing", b"".to_vec()),
        ("truncated JSON", b"{\"query\": \"{ __typename }\"".to_vec()),
        ("two values", b"{\"query\":\"{ __typename }\"} {}".to_vec()),
        ("broken UTF-8 in the document", b"{\"query\": \"{ __typename } # \xe9\"}".to_vec()),
        (
            "broken UTF-8 in a variable",
            b"{\"query\": \"{ __typename }\", \"variables\": {\"a\": \"\xc3\x28\"}}".to_vec(),
        ),
        (
            "half a surrogate pair",
            br#"{"query": "{ __typename }", "variables": {"a": "\ud800"}}"#.to_vec(),
        ),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec()),
        ("a batch", br#"[{"query": "{ __typename }"}]"#.to_vec()),
        ("an empty batch", b"[]".to_vec()),
        ("a text", br#""{ __typename }""#.to_vec()),
        ("null", b"null".to_vec()),
        ("no document", b"{}".to_vec()),
        ("JSON nested beyond reason", "[".repeat(100_000).into_bytes()),
        (
            "variables nested beyond reason",
            [
                br#"{"query": "{ __typename }", "variables": {"a": "#.to_vec(),
                "[".repeat(500).into_bytes(),
                "]".repeat(500).into_bytes(),
                b"}}".to_vec(),
            ]
            .concat(),
        ),
    ] {
        let refused = send(post(&world).body(body)).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "BAD_USER_INPUT"), "{why}");
    }
    for members in [
        json!({ "query": 1 }),
        json!({ "query": null }),
        json!({ "query": ["{ __typename }"] }),
        json!({ "query": "{ __typename }", "operationName": 1 }),
        json!({ "query": "{ __typename }", "variables": [] }),
        json!({ "query": "{ __typename }", "variables": "{}" }),
        json!({ "query": "{ __typename }", "extensions": "x" }),
        json!({ "query": "{ __typename }", "operationName": "Autre" }),
        json!({ "query": "query A { __typename }", "operationName": "a" }),
        json!({ "query": "query A { __typename } query B { __typename }" }),
        json!({ "query": "query A { __typename } query B { __typename }", "operationName": "C" }),
        json!({ "query": "query A { __typename } query A { __typename }", "operationName": "A" }),
        json!({ "query": "query A { __typename } { __typename }", "operationName": "A" }),
        json!({ "query": "fragment F on Query { __typename }" }),
        json!({ "query": "type A { a: Int }" }),
        json!({ "query": "" }),
        json!({ "query": "{" }),
        json!({ "query": "{ nonesuch }" }),
        json!({ "query": "{ networks }" }),
        json!({ "query": "query($code: String!) { structure(code: $code) { name } }", "variables": { "code": null } }),
        json!({ "query": "query($code: String!, $n: Int! = 1) { structure(code: $code) { name } structures(first: $n) { totalCount } }", "variables": { "code": "A", "n": null } }),
        json!({ "query": "query($code: String!) { structure(code: $code) { name } }" }),
        json!({ "query": "query($code: String!) { structure(code: $code) { name } }", "variables": { "code": 1 } }),
        json!({ "query": "subscription { testimonyPublished { cursor } }" }),
    ] {
        let refused = send(post(&world).body(members.to_string())).await;
        let told = refused.json();
        assert_eq!((refused.status, told.get("data")), (400, None), "{members}");
        assert_eq!(told["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{members}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_null_character_is_refused_however_it_is_written() {
    let world = world().await;
    let document = "query($code: String!) { structure(code: $code) { name } }";
    for members in [
        json!({ "query": document, "variables": { "code": "A\0" } }),
        json!({ "query": document, "variables": { "code": "STRUCTA1", "other": [{ "deep": "\0" }] } }),
        json!({ "query": "{ structure(code: \"A\0\") { name } }" }),
        json!({ "query": r#"{ structure(code: "A\u0000") { name } }"# }),
        json!({ "query": r#"{ structure(code: "A\u{0}") { name } }"# }),
        json!({ "query": "{ structure(code: \"\"\"A\0\"\"\") { name } }" }),
        json!({ "query": "{ __typename } # \0" }),
    ] {
        let refused = send(post(&world).body(members.to_string())).await;
        assert_eq!(refused.status, 400, "{members}: {refused:?}");
        assert_eq!(
            refused.json()["errors"][0]["extensions"]["code"],
            "BAD_USER_INPUT",
            "{members}"
        );
    }
    // Other odd characters are only unknown.
    for odd in ["\u{1}", "\u{fffe}", "\u{feff}", "\u{10ffff}", "\u{202e}"] {
        let found = send(
            post(&world)
                .body(json!({ "query": document, "variables": { "code": odd } }).to_string()),
        )
        .await;
        assert_eq!(found.json(), json!({ "data": { "structure": null } }), "{odd:?}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn older_clients_keep_status_200_for_documents_that_fail() {
    let world = world().await;
    for document in ["{", "{ nonesuch }", "query A { __typename } query B { __typename }"] {
        let body = json!({ "query": document }).to_string();
        let older = send(
            request(&world, Method::POST, "/graphql")
                .header("accept", "application/json")
                .header("content-type", "application/json")
                .body(body),
        )
        .await;
        assert_eq!((older.status, older.code().as_str()), (200, "BAD_USER_INPUT"), "{document}");
        assert_eq!(older.header("content-type"), "application/json; charset=utf-8");
    }
    let found = ask(&world, "{ __typename }").await;
    assert_eq!(
        (found.status, found.header("content-type")),
        (200, "application/graphql-response+json; charset=utf-8")
    );
    assert_eq!(found.header("vary"), "accept, authorization");
    // A field that fails keeps its neighbours: status 200, data and errors.
    let half = ask(&world, "{ __typename jobQueues { name } }").await;
    assert_eq!(
        (half.status, &half.json()["errors"][0]["extensions"]["code"]),
        (200, &json!("UNAUTHENTICATED"))
    );
    world.end_anyhow().await;
}
