//! Paging through structures, both ways.

use serde_json::{Value, json};
use tests::people::DIRECTION;
use tests::world::Plan;
use tests::{Client, World};

use super::file;

const PAGE: &str = "query($first: Int, $after: String, $last: Int, $before: String, $order: StructureOrder! = NAME) {
    structures(first: $first, after: $after, last: $last, before: $before, orderBy: $order, filter: { below: \"DIRECT01\" }) {
        totalCount edges { cursor node { code name } } nodes { code }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// A world where the direction has 45 agencies, three with the same name.
async fn crowded() -> World {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let lines: Vec<String> = (0..43)
        .map(|number| {
            let name = if number < 3 {
                "Agence".to_owned()
            } else {
                format!("Point {:02}", (number * 17) % 43)
            };
            format!("PAGE{number:04};{name};Agence;CAF;{DIRECTION};96000;Montarcy;96;Haute-Lorme")
        })
        .collect();
    assert_eq!(file::done(&world.person("farid").await, &file::file(&lines)).await, [43, 43, 0, 0]);
    world
}

fn codes(page: &Value) -> Vec<String> {
    let edges = page["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["node"]["code"].as_str().unwrap().to_owned());
    let codes: Vec<String> = edges.collect();
    let nodes = page["nodes"].as_array().unwrap().iter().map(|node| node["code"].as_str().unwrap());
    assert!(nodes.eq(codes.iter()), "nodes and edges tell the same");
    codes
}

async fn page(alice: &Client, variables: Value) -> Value {
    alice.data(PAGE, variables).await["structures"].clone()
}

#[tokio::test]
async fn every_page_length_walks_the_whole_list_once_forwards_and_backwards() {
    let world = crowded().await;
    for order in ["NAME", "CODE"] {
        let whole = codes(&page(&world.alice, json!({ "first": 100, "order": order })).await);
        assert_eq!(whole.len(), 46);
        for length in [7, 23, 45, 46] {
            let (mut forwards, mut after) = (Vec::new(), Value::Null);
            loop {
                let found =
                    page(&world.alice, json!({ "first": length, "after": after, "order": order }))
                        .await;
                assert_eq!(found["totalCount"], 46);
                assert_eq!(found["pageInfo"]["hasPreviousPage"], !after.is_null());
                forwards.extend(codes(&found));
                after = found["pageInfo"]["endCursor"].clone();
                if found["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                assert!(forwards.len() < 46, "pages never end");
            }
            assert_eq!(forwards, whole, "{order}, {length} at a time");

            let (mut backwards, mut before) = (Vec::new(), Value::Null);
            loop {
                let found =
                    page(&world.alice, json!({ "last": length, "before": before, "order": order }))
                        .await;
                assert_eq!(found["pageInfo"]["hasNextPage"], !before.is_null());
                backwards.splice(0..0, codes(&found));
                before = found["pageInfo"]["startCursor"].clone();
                if found["pageInfo"]["hasPreviousPage"] == false {
                    break;
                }
                assert!(backwards.len() < 46, "pages never end");
            }
            assert_eq!(backwards, whole, "{order}, {length} at a time, backwards");
        }
    }
    assert_eq!(codes(&page(&world.alice, json!({})).await).len(), 20, "without a length");
    assert_eq!(codes(&page(&world.alice, json!({ "first": 0 })).await).len(), 0);
    world.end_anyhow().await;
}

#[tokio::test]
async fn children_are_paged_like_every_list() {
    let world = crowded().await;
    let query = "query($first: Int, $after: String, $last: Int) { structure(code: \"DIRECT01\") {
        children(first: $first, after: $after, last: $last) { totalCount nodes { name } pageInfo { endCursor hasNextPage } } } }";
    let first =
        world.alice.data(query, json!({ "first": 44 })).await["structure"]["children"].clone();
    assert_eq!(
        (&first["totalCount"], &first["pageInfo"]["hasNextPage"]),
        (&json!(45), &json!(true))
    );
    let rest = world
        .alice
        .data(query, json!({ "first": 44, "after": first["pageInfo"]["endCursor"] }))
        .await;
    let last = world.alice.data(query, json!({ "last": 1 })).await;
    assert_eq!(rest["structure"]["children"]["nodes"], json!([{ "name": "Point 42" }]));
    assert_eq!(last["structure"]["children"]["nodes"], rest["structure"]["children"]["nodes"]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn pages_that_make_no_sense_are_refused() {
    let world = crowded().await;
    let by_name = page(&world.alice, json!({ "first": 1 })).await["pageInfo"]["endCursor"].clone();
    // « NAME␟…␟1 » with a null character, which PostgreSQL would choke on, and cursors cut short.
    let tampered = ["TkFNRR8AHzE", "TkFNRR8", "TkFNRR94H3g", "", "é", "====", "bnVsbA"];
    let mut wrong = vec![
        json!({ "first": 101 }),
        json!({ "last": 101 }),
        json!({ "first": -1 }),
        json!({ "last": -1 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "first": 1, "before": by_name }),
        json!({ "last": 1, "after": by_name }),
        json!({ "first": 1, "after": by_name, "order": "CODE" }),
        json!({ "first": 2_147_483_648_i64 }),
    ];
    wrong.extend(tampered.map(|cursor| json!({ "first": 1, "after": cursor })));
    for variables in wrong {
        assert_eq!(
            world.alice.error(PAGE, variables.clone()).await,
            "BAD_USER_INPUT",
            "{variables}"
        );
    }
    // A page length that overflows every cost, at each level of a nested list.
    let nested = "query($n: Int) { structures(first: $n) { nodes { children(first: $n) { nodes { children(first: $n) { nodes {
        children(first: $n) { nodes { code } } } } } } } } }";
    for length in [101, i32::MAX] {
        let code = world.alice.error(nested, json!({ "n": length })).await;
        assert_eq!(code, "LIMIT_EXCEEDED", "first: {length}");
    }
    world.end_anyhow().await;
}
