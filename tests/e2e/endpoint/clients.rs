//! The clients and tools of front ends, each as it comes from its registry: logs in, is refused, hears an event, pages.

use serde_json::Value;
use tests::World;
use tests::people::{A, PASSWORD, address};

use super::audit::script;

const SDL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/schema.graphql");

/// Runs a program to its good end; gives the JSON that it prints.
async fn seen(mut program: tokio::process::Command) -> Value {
    let output = program.output().await.expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{text}");
    let last = text.trim().lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|_| panic!("one line of JSON: {text}"))
}

async fn story(client: &str) -> Value {
    let world = World::new().await;
    let mut program = script(client);
    program.args([
        &format!("{}/graphql", world.url),
        &address("bruno"),
        PASSWORD,
        A,
        &address("gaelle"),
    ]);
    let seen = seen(program).await;
    world.settle().await;
    world.end().await;
    seen
}

#[tokio::test]
async fn graphql_ws_plays_the_story_over_one_socket() {
    assert_eq!(story("clients/ws.mjs").await["client"], "ws");
}

#[tokio::test]
async fn apollo_joins_pages_and_keeps_one_entry_per_object() {
    assert_eq!(story("clients/apollo.mjs").await["joined"], 3);
}

#[tokio::test]
async fn urql_gets_json_although_it_lists_events_too() {
    let media = &story("clients/urql.mjs").await["media"];
    assert_eq!(media, &serde_json::json!(["application/graphql-response+json; charset=utf-8"]));
}

#[tokio::test]
async fn graphql_sse_plays_it_over_distinct_connections() {
    assert_eq!(story("clients/sse.mjs").await["client"], "sse");
}

#[tokio::test]
async fn gql_of_python_plays_it() {
    let world = World::new().await;
    let python = std::env::var("SPP_PYTHON").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../.local/python/bin/python").to_owned()
    });
    assert!(std::path::Path::new(&python).exists(), "{python}: « ./dev test » makes it");
    let mut program = tokio::process::Command::new(python);
    program.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/node/clients/gql_client.py"));
    program.args([
        &format!("{}/graphql", world.url),
        &address("bruno"),
        PASSWORD,
        A,
        &address("gaelle"),
    ]);
    seen(program).await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn relay_compiles_our_definition_and_its_queries_run() {
    let world = World::new().await;
    let mut program = script("clients/relay/relay.mjs");
    program.args([SDL, &format!("{}/graphql", world.url)]);
    let seen = seen(program).await;
    assert_eq!(seen["artifacts"], 9, "{seen}");
    world.end().await;
}

#[tokio::test]
async fn codegen_makes_types_that_accept_the_right_and_refuse_the_wrong() {
    let mut program = script("clients/codegen.mjs");
    program.arg(SDL);
    assert_eq!(seen(program).await["refused"], 7);
}

#[tokio::test]
async fn the_definition_keeps_the_rules_of_graphql_eslint() {
    let mut program = script("lint.mjs");
    program.arg(SDL);
    seen(program).await;
}

#[tokio::test]
async fn introspection_tells_the_definition_that_is_committed() {
    let world = super::raw::world().await;
    let mut program = script("introspect.mjs");
    program.args([&format!("{}/graphql", world.url), SDL]);
    let seen = seen(program).await;
    assert!(seen["types"].as_u64().unwrap() > 150, "{seen}");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_field_that_goes_is_a_breaking_change_until_it_is_allowed() {
    let folder = std::env::temp_dir().join(format!("spp-sdl-{}", tests::database::uuid()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let now = std::fs::read_to_string(SDL).unwrap();
    let before =
        write("before.graphql", &now.replace("type Query {", "type Query {\n  gone: Int\n"));
    let now = write("now.graphql", &now);
    let run = async |arguments: &[&String]| {
        script("breaking.mjs").args(arguments).output().await.unwrap()
    };
    assert_eq!(run(&[&now, &before]).await.status.code(), Some(0), "what is added breaks nothing");
    let output = run(&[&before, &now]).await;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), told["breaking"].as_array().unwrap().len()),
        (Some(1), 1),
        "{told}"
    );
    let allowed =
        write("allowed.txt", &format!("# on purpose\n{}\n", told["breaking"][0].as_str().unwrap()));
    assert_eq!(run(&[&before, &now, &allowed]).await.status.code(), Some(0));
    std::fs::remove_dir_all(folder).unwrap();
}
