//! The API documents itself: everything in it says what it is.

use serde_json::{Value, json};
use tests::World;
use tests::world::Plan;

const EVERYTHING: &str = "{ __schema {
    types { name kind description
        fields(includeDeprecated: true) { name description args(includeDeprecated: true) { name description } }
        inputFields(includeDeprecated: true) { name description }
        enumValues(includeDeprecated: true) { name description } }
    directives { name description args { name description } } } }";

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().into_iter().flatten()
}

#[tokio::test]
async fn every_type_field_argument_and_value_has_a_description() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let schema = world.alice.data(EVERYTHING, json!({})).await["__schema"].clone();
    let (mut looked_at, mut silent) = (0, Vec::new());
    let mut look = |thing: &Value, path: String| {
        looked_at += 1;
        if thing["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            silent.push(path);
        }
    };
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    // The types of introspection are the specification's own.
    for kind in list(&schema, "types").filter(|kind| !name(kind).starts_with("__")) {
        let of = name(kind);
        // The library gives a connection no place for one; its name says it all, and its fields have theirs.
        // Nor to the specification's own scalar.
        if !of.ends_with("Connection") && of != "ID" {
            look(kind, of.clone());
        }
        for field in list(kind, "fields") {
            look(field, format!("{of}.{}", name(field)));
            for argument in list(field, "args") {
                look(argument, format!("{of}.{}({})", name(field), name(argument)));
            }
        }
        for part in list(kind, "inputFields").chain(list(kind, "enumValues")) {
            look(part, format!("{of}.{}", name(part)));
        }
    }
    assert_eq!(silent, Vec::<String>::new(), "these say nothing about themselves");
    assert!(looked_at > 400, "only {looked_at} things looked at");
    world.end_anyhow().await;
}
