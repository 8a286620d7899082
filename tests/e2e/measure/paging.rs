//! Long registers, page by page, from both ends.

use serde_json::{Value, json};
use tests::Client;
use tests::people::A;

use super::desk::{fill, world_from};

const PAGE: &str = "query($first: Int, $after: String, $last: Int, $before: String, $by: WrittenRequestOrder! = RECEIVED_ON,
        $filter: WrittenRequestFilterInput) {
    writtenRequests(first: $first, after: $after, last: $last, before: $before, orderBy: $by, filter: $filter) {
        totalCount nodes { reference } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn page(who: &Client, variables: Value) -> Value {
    who.data(PAGE, variables).await["writtenRequests"].take()
}

fn names(page: &Value) -> Vec<&str> {
    page["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["reference"].as_str().unwrap())
        .collect()
}

/// Everything from one end to the other, in pages of `length`.
async fn walk(who: &Client, by: &str, length: i32, forwards: bool) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    let (size, from, edge, more) = match forwards {
        true => ("first", "after", "endCursor", "hasNextPage"),
        false => ("last", "before", "startCursor", "hasPreviousPage"),
    };
    loop {
        let page = page(who, json!({ size: length, from: cursor, "by": by })).await;
        assert_eq!(page["totalCount"], 7);
        let mut names: Vec<String> = names(&page).into_iter().map(str::to_owned).collect();
        if !forwards {
            names.reverse();
        }
        all.extend(names);
        assert!(all.len() <= 7, "the pages go round in circles: {all:?}");
        if page["pageInfo"][more] == false {
            return all;
        }
        cursor = page["pageInfo"][edge].clone();
    }
}

#[tokio::test]
async fn a_register_is_read_from_both_ends_without_loss_or_repetition() {
    let world = world_from("2026-02-20T09:00:00Z").await;
    let bruno = world.person("bruno").await;
    // Five came on the same day: pages must break between them.
    fill(
        &bruno,
        A,
        &[
            ("P1", "courrier", "2026-02-10", "", ""),
            ("P2", "courrier", "2026-02-10", "", ""),
            ("P3", "courrier", "2026-02-11", "", ""),
            ("P4", "courrier", "2026-02-10", "", ""),
            ("P5", "courrier", "2026-02-10", "", ""),
            ("P6", "courrier", "2026-02-09", "", ""),
            ("P7", "courrier", "2026-02-10", "", ""),
        ],
    )
    .await;
    let newest = ["P3", "P7", "P5", "P4", "P2", "P1", "P6"];
    let soonest = ["P6", "P1", "P2", "P4", "P5", "P7", "P3"];
    for length in [1, 2, 3, 7, 100] {
        for (by, expected) in [("RECEIVED_ON", newest), ("DUE_ON", soonest)] {
            assert_eq!(walk(&bruno, by, length, true).await, expected, "{by} by {length}");
            let mut backwards = expected;
            backwards.reverse();
            assert_eq!(walk(&bruno, by, length, false).await, backwards, "{by} by {length}");
        }
    }
    // Back and forth: the page before the second is the first.
    let first = page(&bruno, json!({ "first": 3 })).await;
    let second = page(&bruno, json!({ "first": 3, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(names(&second), newest[3..6]);
    assert_eq!(
        (&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]),
        (&json!(true), &json!(true))
    );
    let back =
        page(&bruno, json!({ "last": 3, "before": second["pageInfo"]["startCursor"] })).await;
    assert_eq!(names(&back), newest[..3]);
    assert_eq!(
        (&back["pageInfo"]["hasNextPage"], &back["pageInfo"]["hasPreviousPage"]),
        (&json!(true), &json!(false))
    );

    // What is registered meanwhile shifts nothing.
    fill(&bruno, A, &[("P8", "courrier", "2026-02-20", "", "")]).await;
    let again = page(&bruno, json!({ "first": 3, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!(names(&again), newest[3..6]);
    // A filter is paged like the whole.
    let filter = json!({ "receivedTo": "2026-02-10" });
    let found = page(&bruno, json!({ "first": 2, "filter": filter })).await;
    assert_eq!((names(&found), &found["totalCount"]), (vec!["P7", "P5"], &json!(6)));
    world.end().await;
}

#[tokio::test]
async fn pages_that_cannot_be_are_refused() {
    let world = world_from("2026-02-20T09:00:00Z").await;
    let bruno = world.person("bruno").await;
    fill(
        &bruno,
        A,
        &[("P1", "courrier", "2026-02-10", "", ""), ("P2", "courrier", "2026-02-11", "", "")],
    )
    .await;
    let cursor = page(&bruno, json!({ "first": 1 })).await["pageInfo"]["endCursor"].take();
    for wrong in [
        json!({ "first": 101 }),
        json!({ "last": 101 }),
        json!({ "first": -1 }),
        json!({ "first": 1, "last": 1 }),
        json!({ "first": 1, "before": cursor }),
        json!({ "last": 1, "after": cursor }),
        json!({ "after": "n'importe quoi" }),
        json!({ "after": "" }),
        json!({ "after": format!("{}A", cursor.as_str().unwrap()) }),
        // Of another order, or of another list.
        json!({ "after": cursor, "by": "DUE_ON" }),
        json!({ "by": "HASARD" }),
    ] {
        assert_eq!(bruno.error(PAGE, wrong.clone()).await, "BAD_USER_INPUT", "{wrong}");
    }
    assert_eq!(names(&page(&bruno, json!({ "first": 100 })).await).len(), 2);
    assert_eq!(names(&page(&bruno, json!({ "first": 0 })).await).len(), 0);
    world.end().await;
}
