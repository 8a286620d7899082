//! Bodies that are no GraphQL request: each is refused with what to change.

use serde_json::json;

use super::raw::{post, send, world};

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
        assert_eq!(found.data(), json!({ "structure": null }), "{odd:?}");
    }
    world.end_anyhow().await;
}
