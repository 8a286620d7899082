//! Networks: reference data that nobody has to import.

use serde_json::{Value, json};
use tests::World;
use tests::world::Plan;

#[tokio::test]
async fn the_networks_of_the_programme_are_there_from_the_start() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let data = world.alice.data("{ networks { id code name ministry } }", json!({})).await;
    let networks = data["networks"].as_array().unwrap();
    assert_eq!(networks.len(), 32);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let names: Vec<String> = networks.iter().map(|network| text(&network["name"])).collect();
    assert!(names.is_sorted(), "{names:?}");
    // Every one of the press kit's thirteen ministries.
    let mut ministries: Vec<String> =
        networks.iter().map(|network| text(&network["ministry"])).collect();
    ministries.sort();
    ministries.dedup();
    assert_eq!(ministries.len(), 13, "{ministries:?}");
    let caf = networks.iter().find(|network| network["code"] == "CAF").unwrap();
    assert_eq!(caf["name"], "Caisses d'allocations familiales (Caf)");
    assert_eq!(caf["ministry"], "Ministère de la Santé et des Solidarités");
    world.end_anyhow().await;
}
