//! Documents at each limit and one beyond it.

use serde_json::{Value, json};
use server::limits::{DOCUMENT_BYTES, NESTING, TOKENS};
use tests::World;

use super::raw::{ask, world};

/// A document is answered, whatever it says.
async fn passes(world: &World, document: &str) -> Value {
    let answer = ask(world, document).await;
    assert_eq!(answer.status, 200, "{:.300}", answer.text);
    answer.json()["data"].clone()
}

/// A document is refused before anything runs, as too much.
async fn refused(world: &World, document: &str) {
    let answer = ask(world, document).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "LIMIT_EXCEEDED"),
        "{:.300}",
        answer.text
    );
}

#[tokio::test]
async fn a_document_has_65536_bytes_at_most() {
    let world = world().await;
    let of_length =
        |length: usize| format!("{{ __typename }} #{}", "é".repeat(length).split_at(length - 16).0);
    assert_eq!(of_length(DOCUMENT_BYTES).len(), DOCUMENT_BYTES);
    passes(&world, &of_length(DOCUMENT_BYTES)).await;
    refused(&world, &(of_length(DOCUMENT_BYTES) + " ")).await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_document_has_5000_tokens_at_most() {
    let world = world().await;
    let of_tokens = |tokens: usize| format!("{{ networks {{ {} }} }}", "code ".repeat(tokens - 5));
    passes(&world, &of_tokens(TOKENS)).await;
    refused(&world, &of_tokens(TOKENS + 1)).await;
    // Neither commas nor comments count; each part of a value does.
    passes(&world, &format!("{{ networks {{ code }} }} {}", "#,\n,".repeat(TOKENS))).await;
    refused(&world, &format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"a\" ".repeat(TOKENS))).await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn brackets_nest_40_deep_at_most() {
    let world = world().await;
    let nested = |depth: usize| {
        format!(
            "query($a: [Int] = {}{}) {{ __typename }}",
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    let answer = ask(&world, &nested(NESTING)).await;
    assert_eq!(
        answer.json()["errors"][0]["extensions"]["code"],
        "BAD_USER_INPUT",
        "wrong, but not too much"
    );
    refused(&world, &nested(NESTING + 1)).await;
    refused(&world, &"{a".repeat(20_000)).await;
    refused(&world, &format!("{{ a(b: {}", "[".repeat(30_000))).await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn fields_nest_12_deep_at_most_also_through_fragments() {
    let world = world().await;
    // structure, then parents, then code.
    let nested = |depth: usize| {
        format!(
            "{{ structure(code: \"RACINE01\") {}{{ code }}{} }}",
            "{ parent ".repeat(depth - 2),
            " }".repeat(depth - 2)
        )
    };
    assert_eq!(passes(&world, &nested(12)).await, json!({ "structure": { "parent": null } }));
    refused(&world, &nested(13)).await;
    let through_fragments = |depth: usize| {
        let half = depth / 2;
        format!(
            "{{ structure(code: \"RACINE01\") {} ...F {} }} fragment F on Structure {}{{ code }}{}",
            "{ parent ".repeat(half - 1) + "{",
            "} ".repeat(half),
            "{ parent ".repeat(depth - half - 1),
            " }".repeat(depth - half - 1),
        )
    };
    passes(&world, &through_fragments(12)).await;
    refused(&world, &through_fragments(13)).await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn an_operation_costs_5000_at_most() {
    let world = world().await;
    // A page of a hundred with nodes and 48 fields: 100 × 49 + 1. Networks with 98: 99.
    let costing = |fields: usize| {
        format!(
            "{{ structures(first: 100) {{ nodes {{ {} }} }} networks {{ {} }} }}",
            "code ".repeat(48),
            "code ".repeat(fields)
        )
    };
    passes(&world, &costing(98)).await;
    refused(&world, &costing(99)).await;
    // A page in a page, and the same behind variables and aliases.
    refused(
        &world,
        "{ structures(first: 100) { nodes { children(first: 100) { nodes { code } } } } }",
    )
    .await;
    refused(&world, "{ testimonies(last: 100) { edges { node { structure { children(last: 100) { nodes { code } } } } } } }").await;
    let page = "structures(first: 100) { nodes { code name } }";
    let aliases: String = (0..17).map(|number| format!("a{number}: {page} ")).collect();
    refused(&world, &format!("{{ {aliases} }}")).await;
    let data = passes(&world, &format!("{{ {page} }}")).await;
    assert_eq!(data["structures"]["nodes"].as_array().unwrap().len(), 6);
    world.end_anyhow().await;
}

#[tokio::test]
async fn fragments_that_multiply_are_refused_at_once() {
    let world = world().await;
    // Thirty fragments, each spreading the next twice: a thousand million fields in two kilobytes.
    let bomb = |levels: usize| -> String {
        let spread = |level: usize| {
            format!("fragment F{level} on Query {{ ...F{next} ...F{next} }} ", next = level + 1)
        };
        let last = format!("fragment F{levels} on Query {{ __typename }}");
        (0..levels).map(spread).collect::<String>() + &last + " { ...F0 }"
    };
    passes(&world, &bomb(5)).await;
    refused(&world, &bomb(30)).await;
    // Circles are only wrong.
    for circle in [
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { ...G ...G } fragment G on Query { ...F ...F }",
    ] {
        let answer = ask(&world, circle).await;
        assert_eq!(answer.status, 400, "{circle}: {answer:?}");
        assert!(answer.json().get("data").is_none());
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn what_graphiql_asks_about_the_schema_is_within_the_limits() {
    let world = world().await;
    // The introspection query of graphql-js, with every option that there is.
    let print = "import { getIntrospectionQuery } from 'graphql';
        process.stdout.write(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true, directiveIsRepeatable: true, oneOf: true }));";
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/node");
    let node = tokio::process::Command::new("node")
        .current_dir(folder)
        .args(["--input-type=module", "-e", print])
        .output()
        .await
        .unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    let document = String::from_utf8(node.stdout).unwrap();
    let data = passes(&world, &document).await;
    assert!(data["__schema"]["types"].as_array().unwrap().len() > 50);
    world.end_anyhow().await;
}

#[tokio::test]
async fn questions_about_the_schema_have_limits() {
    let world = world().await;
    let aliases = |count: usize, question: &str| {
        let many: String = (0..count).map(|n| format!("a{n}: {question} ")).collect();
        format!("{{ ...F }} fragment F on Query {{ {many} }}")
    };
    let schema = "__schema { queryType { name } }";
    passes(&world, &aliases(1, schema)).await;
    refused(&world, &aliases(2, schema)).await;
    let kind = "__type(name: \"Query\") { name }";
    passes(&world, &aliases(10, kind)).await;
    refused(&world, &aliases(11, kind)).await;
    // Each is answered for every type; two of them are the questions themselves.
    let asking = |fields: usize| {
        let names = "name ".repeat(fields - 2);
        format!("{{ __schema {{ types {{ ...F }} }} }} fragment F on __Type {{ {names} }}")
    };
    passes(&world, &asking(300)).await;
    refused(&world, &asking(301)).await;
    passes(&world, "{ __schema { types { fields { args { type { ofType { name } } } } } } }").await;
    refused(&world, "{ __schema { types { fields { type { fields { name } } } } } }").await;
    // Few bytes that would multiply everything that there is to tell.
    let many: String = (0..50).map(|n| format!("s{n}: __schema {{ ...S }} ")).collect();
    let names: String = (0..13).map(|n| format!("a{n}: description ")).collect();
    let kind = |name: &str, next: &str| {
        format!(
            "fragment {name} on __Type {{ fields {{ type {{ ...{next} ofType {{ ...{next} }} }} }} }} "
        )
    };
    let fragments = "fragment S on __Schema { types { ...T } } ".to_owned() + &kind("T", "U");
    let last = format!("fragment D on __Type {{ {names} }}");
    refused(&world, &format!("{{ {many} }} {fragments} {} {last}", kind("U", "D"))).await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn aliases_directives_spreads_and_root_fields_have_limits() {
    let world = world().await;
    let aliases = |count: usize| {
        let many: String = (0..count).map(|n| format!("a{n}: code ")).collect();
        format!("{{ commitments {{ {many} }} }}")
    };
    passes(&world, &aliases(100)).await;
    refused(&world, &aliases(101)).await;
    let directives = |count: usize| {
        format!("{{ commitments {{ {} }} }}", "code @include(if: true) ".repeat(count))
    };
    passes(&world, &directives(100)).await;
    refused(&world, &directives(101)).await;
    let spreads = |count: usize| {
        let (inline, named) =
            ("... on Commitment { code } ".repeat(count / 2), "...F ".repeat(count - count / 2));
        format!("{{ commitments {{ {inline} {named} }} }} fragment F on Commitment {{ code }}")
    };
    passes(&world, &spreads(500)).await;
    refused(&world, &spreads(501)).await;
    let root = |count: usize| {
        format!(
            "{{ ...F {} }} fragment F on Query {{ __typename }}",
            "__typename ".repeat(count - 1)
        )
    };
    passes(&world, &root(50)).await;
    refused(&world, &root(51)).await;
    world.end_anyhow().await;
}

#[tokio::test]
async fn every_answer_tells_its_cost_by_the_sum_that_the_limit_uses() {
    let world = world().await;
    // One field more is one too many: so each of these is counted to the last field.
    let pages = |fields: usize| {
        format!(
            "query($n: Int = 100) {{ structures(first: $n) {{ nodes {{ {} }} }} networks {{ {} }} }}",
            "code ".repeat(48),
            "code ".repeat(fields)
        )
    };
    let through = |fields: usize| {
        format!(
            "{{ structures(last: 50) {{ ...P }} networks {{ {} }} }} fragment P on StructureConnection
             {{ nodes {{ ... on Structure {{ children(first: 9) {{ nodes {{ id code name }} }} }} }} }}",
            "code ".repeat(fields)
        )
    };
    for (document, fields) in [(pages as fn(usize) -> String, 98), (through, 2_000)] {
        let text = document(fields);
        let answer = world.alice.ask(&text, json!({})).await;
        let cost = answer["extensions"]["cost"].clone();
        assert_eq!(cost["limit"], 5000, "{answer}");
        let spare = 5000 - usize::try_from(cost["requested"].as_i64().unwrap()).unwrap();
        passes(&world, &document(fields + spare)).await;
        refused(&world, &document(fields + spare + 1)).await;
    }
    // Variables count as they are given, ids as many as they are; a default counts when nothing is.
    let cost = async |query: &str, variables: Value| {
        world.alice.ask(query, variables).await["extensions"]["cost"]["requested"].clone()
    };
    let query = "query($n: Int) { structures(first: $n) { nodes { code } } }";
    assert_eq!(cost(query, json!({ "n": 7 })).await, 7 * 2 + 1);
    assert_eq!(cost(query, json!({})).await, 20 * 2 + 1);
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(cost(nodes, json!({ "ids": ["a", "b", "c"] })).await, 3 + 1);
    assert_eq!(cost("{ __typename commitments { code } }", json!({})).await, 3);
    world.end_anyhow().await;
}
