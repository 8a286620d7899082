//! Who reads and keeps whose register. A request out of reach answers as one that does not exist.

use serde_json::{Value, json};
use tests::people::{A, B, DIRECTION};
use tests::{Client, World};

use super::desk::{import, letter, mutation, one, read, register, seen, with};

/// An answer without the number of its request, which differs every time.
async fn answered(who: &Client, query: &str, variables: Value) -> Value {
    let mut answer = who.ask(query, variables).await;
    if let Some(error) = answer["errors"].get_mut(0) {
        assert!(error["extensions"]["requestId"].is_string());
        error["extensions"]["requestId"].take();
    }
    answer
}

/// The code that somebody gets for a request; the same, to the letter, as for one that does not exist.
async fn code(who: &Client, operation: &str, id: &Value, rest: &Value) -> String {
    let variables = |id: &Value| match operation.starts_with("mutation") {
        true => json!({ "input": with(rest.clone(), json!({ "id": id })) }),
        false => json!({ "id": id }),
    };
    let answer = answered(who, operation, variables(id)).await;
    for absent in [json!("V3JpdHRlblJlcXVlc3Q6OTk5OTk5"), json!("pas un identifiant"), json!("")] {
        assert_eq!(
            answer,
            answered(who, operation, variables(&absent)).await,
            "{absent} {operation}"
        );
    }
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_request_of_another_structure_is_as_unknown() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let request = register(&bruno, letter(A, "2026-01-05")).await;
    let answer = json!({ "answeredOn": "2026-01-06", "nature": "REFUSAL" });
    let mut people = vec![("alice", world.alice.clone())];
    for name in ["chloe", "jonas", "gaelle", "henri", "iris"] {
        people.push((name, world.person(name).await));
    }
    for (name, who) in &people {
        let expected = match *name {
            "alice" => "UNAUTHENTICATED",
            "chloe" | "jonas" => "NOT_FOUND",
            _ => "FORBIDDEN",
        };
        let id = &request["id"];
        assert_eq!(code(who, &mutation("Acknowledge"), id, &json!({})).await, expected, "{name}");
        assert_eq!(code(who, &mutation("Answer"), id, &answer).await, expected, "{name}");
        let input = json!({ "input": letter(A, "2026-01-05") });
        assert_eq!(who.error(&mutation("Register"), input).await, expected, "{name}");
        let input = json!({ "input": { "structure": A, "csv": "reference;medium\n" } });
        assert_eq!(who.error(super::desk::IMPORT, input).await, expected, "{name}");

        let node = "query($id: ID!) { node(id: $id) { id } }";
        let found = !who.data(node, json!({ "id": id })).await["node"].is_null();
        assert_eq!(found, *name == "henri", "{name}");
        if *name != "henri" {
            assert_eq!(code(who, &one(), id, &Value::Null).await, expected, "{name}");
        }
    }
    assert_eq!(read(&bruno, &request).await, request, "nobody changed it");
    world.end().await;
}

#[tokio::test]
async fn those_above_read_and_most_of_them_keep() {
    let world = World::new().await;
    let (bruno, chloe) = (world.person("bruno").await, world.person("chloe").await);
    let of_a = register(&bruno, letter(A, "2026-01-05")).await;
    register(&chloe, letter(B, "2026-01-06")).await;
    for (name, sees) in [
        ("bruno", 1),
        ("chloe", 1),
        ("david", 1),
        ("elise", 2),
        ("farid", 2),
        ("henri", 2),
        ("jonas", 0),
    ] {
        let who = world.person(name).await;
        assert_eq!(seen(&who).await, sees, "{name}");
        if sees == 2 {
            assert_eq!(read(&who, &of_a).await, of_a, "{name}");
        }
    }
    // Chloé may name structure A: it is public. Its register is not.
    let list = "query($of: ID) { writtenRequests(filter: { structure: $of }) { totalCount nodes { id } } }";
    let nothing = json!({ "writtenRequests": { "totalCount": 0, "nodes": [] } });
    assert_eq!(chloe.data(list, json!({ "of": A })).await, nothing);
    for who in ["gaelle", "iris"] {
        assert_eq!(world.person(who).await.error(list, json!({})).await, "FORBIDDEN", "{who}");
    }
    assert_eq!(world.alice.error(list, json!({ "of": "INCONNUE1" })).await, "UNAUTHENTICATED");

    // The direction keeps its own register and those below it.
    let elise = world.person("elise").await;
    for structure in [A, B, DIRECTION] {
        assert_eq!(
            register(&elise, letter(structure, "2026-01-07")).await["structure"]["code"],
            structure
        );
    }
    assert_eq!(
        bruno
            .error(&mutation("Register"), json!({ "input": letter(DIRECTION, "2026-01-07") }))
            .await,
        "NOT_FOUND"
    );
    let farid = world.person("farid").await;
    let csv =
        "reference;medium;subject;sender_name;received_on\nF-1;courrier;Sujet;Nom;2026-01-07\n";
    assert_eq!(import(&farid, B, csv).await["report"]["created"], 1);
    world.end().await;
}
