//! A structure moves in the tree: what hangs on it follows.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::people::{A, B, DIRECTION, ROOT};
use tests::{Client, World};

use super::file::{done, file, line};

const SUBMIT: &str = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } userErrors { code } } }";
const COUNT: &str = "query($structure: ID!, $status: [TestimonyStatus!]) {
    testimonies(filter: { structure: $structure, status: $status }) { totalCount }
    testimonyDashboard(structure: $structure) { rows { positive { n } } } }";

/// Tells a testimony about a structure; a moderator publishes it when there is one.
async fn tell(world: &World, structure: &str, moderator: Option<&Client>) {
    let input = json!({ "structure": structure, "title": "Bien reçue", "body": "Un accueil agréable.", "pseudonym": "alice",
        "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
    let told = world.alice.data(SUBMIT, json!({ "input": input })).await;
    let id = &told["testimonySubmit"]["testimony"]["id"];
    if let Some(moderator) = moderator {
        assert_eq!(
            moderator.refusals("testimonyPublish", json!({ "id": id })).await,
            Vec::<String>::new()
        );
    }
}

/// How many testimonies somebody finds below a structure, and how many the dashboard counts.
async fn below(who: &Client, structure: &str, status: Value) -> (i64, i64) {
    let data = who.data(COUNT, json!({ "structure": structure, "status": status })).await;
    let rows = data["testimonyDashboard"]["rows"].as_array().unwrap().iter();
    let counted = rows.map(|row| row["positive"]["n"].as_i64().unwrap()).max().unwrap_or(0);
    (data["testimonies"]["totalCount"].as_i64().unwrap(), counted)
}

#[tokio::test]
async fn the_testimonies_of_a_moved_structure_are_found_below_its_new_place_only() {
    let world = World::new().await;
    let (farid, gaelle) = (world.person("farid").await, world.person("gaelle").await);
    tell(&world, A, Some(&gaelle)).await;
    tell(&world, B, Some(&gaelle)).await;
    assert_eq!(below(&world.alice, DIRECTION, Value::Null).await, (2, 2));

    let moved = file(&[line("NORD0001", ROOT), line(A, "NORD0001")]);
    assert_eq!(done(&farid, &moved).await, [2, 1, 1, 0]);
    for (structure, expected) in [(A, 1), ("NORD0001", 1), (DIRECTION, 1), (B, 1), (ROOT, 2)] {
        assert_eq!(
            below(&world.alice, structure, Value::Null).await,
            (expected, expected),
            "{structure}"
        );
    }
    assert_eq!(done(&farid, &moved).await, [2, 0, 0, 2]);
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn a_whole_subtree_moves_with_what_the_file_does_not_name_and_rights_follow() {
    let world = World::new().await;
    let (farid, elise, bruno) =
        (world.person("farid").await, world.person("elise").await, world.person("bruno").await);
    tell(&world, A, None).await;
    let waiting = json!(["IN_MODERATION"]);
    assert_eq!(below(&elise, DIRECTION, waiting.clone()).await.0, 1);
    world.clock.advance(TimeDelta::minutes(1));

    // The direction moves below a new region, itself below a new north; A and B are not in the file.
    let moved =
        file(&[line(DIRECTION, "REGION01"), line("REGION01", "NORD0001"), line("NORD0001", ROOT)]);
    assert_eq!(done(&farid, &moved).await, [3, 2, 1, 0]);
    for structure in [A, DIRECTION, "REGION01", "NORD0001", ROOT] {
        assert_eq!(below(&elise, structure, waiting.clone()).await.0, 1, "{structure}");
    }
    // Clients that keep a copy of a subtree hear of all that came into it.
    let since = json!({ "filter": { "below": "NORD0001", "updatedSince": world.clock.now() } });
    let changed =
        "query($filter: StructureFilterInput) { structures(filter: $filter) { totalCount } }";
    assert_eq!(world.alice.data(changed, since).await["structures"]["totalCount"], 5);
    let ancestors = "{ structure(code: \"STRUCTA1\") { parent { code parent { code parent { code parent { code } } } } } }";
    assert_eq!(
        world.alice.data(ancestors, json!({})).await["structure"]["parent"],
        json!({ "code": DIRECTION, "parent": { "code": "REGION01", "parent": { "code": "NORD0001", "parent": { "code": ROOT } } } })
    );

    // Who moved what is in the trail, also of those who head the network.
    let trail = "{ auditTrail(first: 10) { nodes { action subject structure { code } } } }";
    let told = farid.data(trail, json!({})).await["auditTrail"]["nodes"].clone();
    let seen: Vec<[&str; 2]> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            [entry["action"].as_str().unwrap(), entry["structure"]["code"].as_str().unwrap()]
        })
        .collect();
    assert_eq!(seen[..2], [["structures.import", ROOT], ["structure.move", DIRECTION]], "{told}");

    // Then A leaves the direction: Elise no longer sees what is in moderation there, Bruno of A still does.
    assert_eq!(done(&farid, &file(&[line(A, "NORD0001")])).await, [1, 0, 1, 0]);
    assert_eq!(below(&elise, A, waiting.clone()).await.0, 0);
    assert_eq!(below(&bruno, "NORD0001", waiting.clone()).await.0, 1);
    assert_eq!(below(&farid, "NORD0001", waiting).await.0, 1);
    // And back to where it was, deeper paths growing shorter again.
    assert_eq!(
        done(&farid, &file(&[line(DIRECTION, ROOT), line(A, DIRECTION)])).await,
        [2, 0, 2, 0]
    );
    let list = "{ structures(filter: { below: \"REGION01\" }) { nodes { code } } }";
    assert_eq!(
        world.alice.data(list, json!({})).await["structures"]["nodes"],
        json!([{ "code": "REGION01" }])
    );
    world.settle().await;
    world.end().await;
}
