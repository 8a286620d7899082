//! Looking structures up: by code, through the tree, through filters.

use serde_json::{Value, json};
use tests::World;
use tests::people::{A, B, C, DIRECTION, OTHER_ROOT, ROOT};
use tests::world::Plan;

use super::file;

const LIST: &str =
    "query($filter: StructureFilterInput) { structures(filter: $filter, orderBy: CODE) {
    totalCount nodes { code } } }";

fn codes(connection: &Value) -> Vec<&str> {
    connection["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["code"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_structure_is_found_by_its_code_with_all_above_and_below_it() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let query = "query($code: String!) { structure(code: $code) {
        code name kind postalCode commune department region email channels testimoniesOpenOn closedOn updatedAt
        network { code } parent { code parent { code parent { code } } } children { totalCount } } }";
    let found = world.alice.data(query, json!({ "code": A })).await;
    assert_eq!(
        found["structure"],
        json!({
            "code": A, "name": "Agence de Montarcy", "kind": "Agence", "postalCode": "96000", "commune": "Montarcy",
            "department": "96", "region": "Haute-Lorme", "email": null, "channels": ["FRONT_DESK", "PHONE"],
            "testimoniesOpenOn": "2024-12-08", "closedOn": null, "updatedAt": "2026-01-12T08:00:00+00:00",
            "network": { "code": "CAF" },
            "parent": { "code": DIRECTION, "parent": { "code": ROOT, "parent": null } },
            "children": { "totalCount": 0 },
        })
    );
    for unknown in [
        "INCONNUE1",
        "",
        "structa1",
        " STRUCTA1",
        "' or true --",
        "x\u{202e}y",
        &"x".repeat(10_000),
    ] {
        assert!(
            world.alice.data(query, json!({ "code": unknown })).await["structure"].is_null(),
            "{unknown}"
        );
    }

    let below = "query($code: String!) { structure(code: $code) { children { totalCount nodes { code children { totalCount nodes { code } } } } } }";
    let tree = world.alice.data(below, json!({ "code": ROOT })).await;
    let children = &tree["structure"]["children"];
    assert_eq!((codes(children), &children["totalCount"]), (vec![DIRECTION], &json!(1)));
    let grandchildren = &children["nodes"][0]["children"];
    assert_eq!((codes(grandchildren), &grandchildren["totalCount"]), (vec![A, B], &json!(2)));
    world.end_anyhow().await;
}

#[tokio::test]
async fn filters_add_up_and_forgive_accents_and_capitals() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let henri = world.person("henri").await;
    let csv = format!(
        "{};channels\nECOLEA01;Guichet d'Œuvre-Étain;Guichet;CPAM;{OTHER_ROOT};97100;Saint-Étienne;971;Basse-Lorme;CHAT,PATROL\n",
        file::HEADER
    );
    assert_eq!(file::done(&henri, &csv).await, [1, 1, 0, 0]);
    let a = world.alice.data("query { structure(code: \"STRUCTA1\") { id } }", json!({})).await;

    let all = vec![DIRECTION, "ECOLEA01", ROOT, OTHER_ROOT, A, B, C];
    for (filter, expected) in [
        (json!({}), all.clone()),
        (json!({ "below": DIRECTION }), vec![DIRECTION, A, B]),
        (json!({ "below": a["structure"]["id"] }), vec![A]),
        (json!({ "below": ROOT, "department": "75" }), vec![ROOT]),
        (json!({ "network": "CPAM" }), vec!["ECOLEA01", OTHER_ROOT, C]),
        (json!({ "network": "caf" }), vec![]),
        (json!({ "department": "971" }), vec!["ECOLEA01"]),
        (json!({ "region": "Basse-Lorme" }), vec!["ECOLEA01"]),
        (json!({ "commune": "saint-etienne" }), vec!["ECOLEA01"]),
        (json!({ "commune": "saint" }), vec![]),
        (json!({ "name": "ETAIN oeuvre" }), vec!["ECOLEA01"]),
        (json!({ "name": "agence" }), vec![A, B]),
        (json!({ "name": "agence étain" }), vec![]),
        (json!({ "name": "%" }), vec![]),
        (json!({ "name": "  " }), all),
        (json!({ "channel": "PATROL" }), vec!["ECOLEA01"]),
        (json!({ "channel": "PHONE", "network": "CPAM" }), vec![OTHER_ROOT, C]),
        (json!({ "root": true }), vec![ROOT, OTHER_ROOT]),
        (json!({ "root": false, "network": "CAF" }), vec![DIRECTION, A, B]),
    ] {
        let found = world.alice.data(LIST, json!({ "filter": filter })).await;
        assert_eq!(codes(&found["structures"]), expected, "{filter}");
        assert_eq!(found["structures"]["totalCount"], expected.len(), "{filter}");
    }
    for wrong in [
        json!({ "below": "INCONNUE1" }),
        json!({ "channel": "PIGEON" }),
        json!({ "updatedSince": "hier" }),
        json!({ "colour": "red" }),
    ] {
        assert_eq!(
            world.alice.error(LIST, json!({ "filter": wrong })).await,
            "BAD_USER_INPUT",
            "{wrong}"
        );
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_copy_is_kept_up_to_date_with_what_changed_since() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let henri = world.person("henri").await;
    world.clock.advance(chrono::TimeDelta::hours(1));
    let csv = file::known().replace("Agence de Valserre", "Agence de Valserre-sur-Lorme");
    assert_eq!(file::done(&henri, &csv).await, [4, 0, 1, 3]);
    for (since, expected) in [
        ("2026-01-12T08:00:00Z", 6),
        ("2026-01-12T08:00:00.000001Z", 1),
        ("2026-01-12T10:00:00+01:00", 1),
        ("2026-01-12T09:00:00.000001Z", 0),
    ] {
        let found = world.alice.data(LIST, json!({ "filter": { "updatedSince": since } })).await;
        assert_eq!(found["structures"]["totalCount"], expected, "{since}");
    }
    // The oldest instant that programs know means « everything »; those beyond the calendar are refused.
    let everything = world
        .alice
        .data(LIST, json!({ "filter": { "updatedSince": "0001-01-01T00:00:00Z" } }))
        .await;
    assert_eq!(everything["structures"]["totalCount"], 6);
    for list in ["structures", "testimonies"] {
        let query = format!(
            "query($since: DateTime!) {{ {list}(filter: {{ updatedSince: $since }}) {{ totalCount }} }}"
        );
        for since in ["-200000-01-01T00:00:00Z", "+200000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"]
        {
            assert_eq!(
                world.alice.error(&query, json!({ "since": since })).await,
                "BAD_USER_INPUT",
                "{list} {since}"
            );
        }
    }
    world.end_anyhow().await;
}
