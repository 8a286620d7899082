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
        (found.status, found.data()),
        (200, json!({ "structure": { "name": "Agence de Montarcy" } }))
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
        assert_eq!((found.status, found.data()), (200, json!({ "__typename": "Query" })), "{kind}");
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
    assert_eq!((offered.status, offered.data()), (200, json!({ "__typename": "Query" })));
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_subscription_that_cannot_be_followed_is_told_where_it_stands() {
    let world = world().await;
    let both = "query A { __typename }\n  subscription B { testimonyPublished { cursor } }";
    let body = json!({ "query": both, "operationName": "B" }).to_string();
    let refused = send(post(&world).body(body)).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "BAD_USER_INPUT"));
    assert_eq!(refused.json()["errors"][0]["locations"], json!([{ "line": 2, "column": 3 }]));
    let two = "subscription { a: testimonyPublished { cursor }\nb: testimonyPublished { cursor } }";
    let refused = ask(&world, two).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "BAD_USER_INPUT"));
    assert_eq!(refused.json()["errors"][0]["locations"], json!([{ "line": 2, "column": 1 }]));
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
