//! « Le même expéditeur revient »: what else somebody wrote, as far as the reader may know.

use serde_json::{Value, json};
use tests::people::B;
use tests::{Client, World};

use super::desk::{register, with};
use super::search::from;

#[tokio::test]
async fn a_request_shows_the_others_of_its_sender_as_far_as_one_may_read() {
    let world = World::new().await;
    let (bruno, chloe, farid) =
        (world.person("bruno").await, world.person("chloe").await, world.person("farid").await);
    let one = register(&bruno, from("R1", "Éloïse Dupont", Some("eloise@exemple.test"), "")).await;
    register(
        &bruno,
        with(from("R2", "eloise  DUPONT", None, ""), json!({ "receivedOn": "2026-01-07" })),
    )
    .await;
    register(&bruno, from("R3", "E. Dupont", Some("Eloise@Exemple.TEST"), "")).await;
    register(&bruno, from("R4", "Éloïse Duponteau", Some("autre@exemple.test"), "")).await;
    register(&chloe, with(from("B1", "Éloïse-Dupont", None, ""), json!({ "structure": B }))).await;
    // Names without a letter are nobody's in particular.
    let nobody = register(&bruno, from("R5", "???", None, "")).await;
    register(&bruno, from("R6", "!!!", None, "")).await;

    let same = "query($id: ID!, $first: Int! = 20) { writtenRequest(id: $id) { sameSender(first: $first) { reference } } }";
    let others = async |who: &Client, variables: Value| {
        let data = who.data(same, variables).await["writtenRequest"]["sameSender"].take();
        data.as_array()
            .unwrap()
            .iter()
            .map(|other| other["reference"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(others(&bruno, json!({ "id": one["id"] })).await, ["R2", "R3"]);
    assert_eq!(others(&farid, json!({ "id": one["id"] })).await, ["R2", "B1", "R3"]);
    assert_eq!(others(&farid, json!({ "id": one["id"], "first": 1 })).await, ["R2"]);
    assert_eq!(others(&farid, json!({ "id": one["id"], "first": 0 })).await, [""; 0]);
    assert_eq!(others(&bruno, json!({ "id": nobody["id"] })).await, [""; 0]);
    for wrong in [-1, 101] {
        assert_eq!(
            bruno.error(same, json!({ "id": one["id"], "first": wrong })).await,
            "BAD_USER_INPUT"
        );
    }
    // For a whole page at once, each has its own.
    let page = "{ writtenRequests(filter: { search: \"R\" }) { nodes { reference sameSender(first: 1) { reference } } } }";
    let nodes = bruno.data(page, json!({})).await["writtenRequests"]["nodes"].take();
    let pairs: Vec<(&str, Option<&str>)> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            (node["reference"].as_str().unwrap(), node["sameSender"][0]["reference"].as_str())
        })
        .collect();
    let expected = [
        ("R2", Some("R1")),
        ("R6", None),
        ("R5", None),
        ("R4", None),
        ("R3", Some("R1")),
        ("R1", Some("R2")),
    ];
    assert_eq!(pairs, expected);
    world.end().await;
}
