//! Ten thousand generated requests, valid and not, are accepted or refused exactly as the reference implementation
//! does (`tests/node/documents.mjs` makes and judges them).

use std::collections::BTreeMap;
use std::process::Stdio;

use serde_json::{Value, json};
use server::documents::Documents;
use server::request::{Unfit, parse};
use tests::World;
use tests::world::Plan;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::audit::script;
use super::raw::{NEW, send};

const COUNT: usize = 10_000;

/// The requests of a seed, each with the judgement of the reference.
async fn judged(seed: u64, count: usize) -> Vec<Value> {
    let sdl = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/schema.graphql");
    let mut node = script("documents.mjs")
        .args([sdl, &seed.to_string(), &count.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut lines = BufReader::new(node.stdout.take().expect("piped")).lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        found.push(serde_json::from_str(&line).expect("a line of JSON"));
    }
    assert!(node.wait().await.unwrap().success());
    assert_eq!(found.len(), count);
    found
}

/// What we say: nothing when it may run, else the code and the sentence.
fn ours(case: &Value, documents: &Documents) -> Option<(&'static str, String)> {
    let members = json!({
        "query": case["query"], "variables": case["variables"], "operationName": case["operationName"],
    });
    let Value::Object(members) = members else { unreachable!() };
    match parse(members, documents) {
        Ok(_) => None,
        Err(Unfit::Malformed(problem) | Unfit::Document(problem)) => {
            Some((problem.code, problem.message))
        }
    }
}

#[tokio::test]
async fn requests_are_accepted_and_refused_as_the_reference_does() {
    let documents = Documents::new(1);
    let (mut compared, mut valid, mut limits) = (0, 0, 0);
    let mut apart: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut english = Vec::new();
    for case in judged(2026, COUNT).await {
        let refusal = ours(&case, &documents);
        let fits = case["valid"] == true;
        match &refusal {
            // Ours alone: tested at limit and limit + 1 elsewhere.
            Some(("LIMIT_EXCEEDED", _)) if fits => {
                limits += 1;
                continue;
            }
            Some((_, message)) if message.starts_with("Requête GraphQL refusée") => {
                english.push(message.clone());
            }
            _ => {}
        }
        compared += 1;
        valid += usize::from(fits);
        if refusal.is_none() != fits {
            let rule = case["rule"].as_str().unwrap();
            let told = format!("{}\n  theirs {}\n  ours {refusal:?}", case["query"], case["error"]);
            apart.entry(format!("{rule}, valid: {fits}")).or_default().push(told);
        }
    }
    let shown: Vec<String> = apart
        .iter()
        .map(|(rule, cases)| format!("{rule}: {}\n{}", cases.len(), cases[0]))
        .collect();
    assert!(apart.is_empty(), "{}", shown.join("\n"));
    assert!(limits * 50 < COUNT, "{limits} of {COUNT} meet our own limits");
    assert!(valid * 3 > compared && valid * 3 < compared * 2, "{valid} of {compared} are valid");
    assert_eq!(english, Vec::<String>::new(), "every refusal is French");
}

/// The same over HTTP, where they also run: no answer is a fault of ours.
#[tokio::test]
async fn what_is_accepted_runs_without_a_fault_of_ours() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut ran = 0;
    for case in judged(7, 400).await {
        let body = json!({
            "query": case["query"], "variables": case["variables"], "operationName": case["operationName"],
        });
        let request = reqwest::Client::new()
            .post(format!("{}/graphql", world.url))
            .header("content-type", "application/json")
            .header("accept", NEW)
            .body(body.to_string());
        let answer = send(request).await;
        assert!(answer.status < 500, "{body}: {answer:?}");
        let told = &answer.text;
        // Values that the reference takes for fit are refused while they run, and then in French.
        for word in ["Expected", "Unknown", "Invalid", "is not defined", "panicked"] {
            assert!(!told.contains(word), "{body}: {told}");
        }
        ran += usize::from(answer.status == 200);
    }
    assert!(ran > 100, "{ran}");
    world.end_anyhow().await;
}
