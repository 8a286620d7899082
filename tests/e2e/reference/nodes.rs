//! `node` and `nodes`: anything by its global id, as far as the caller may see.

use serde_json::{Value, json};
use tests::people::{A, PASSWORD, address};
use tests::{Client, World};

const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id
    ... on Network { code } ... on Structure { code } ... on Commitment { shortLabel } ... on Viewer { email }
    ... on Testimony { title } ... on WrittenRequest { subject } ... on Job { kind } } }";
const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

/// A world with one thing of each kind: their global ids by type.
async fn furnished() -> (World, Value) {
    let world = World::new().await;
    let (bruno, gaelle, iris) =
        (world.person("bruno").await, world.person("gaelle").await, world.person("iris").await);
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let mut testimonies = Vec::new();
    for title in ["Public", "Caché"] {
        let input = json!({ "structure": A, "title": title, "body": "Bien.", "pseudonym": "alice",
            "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
        testimonies.push(world.alice.data(submit, json!({ "input": input })).await["testimonySubmit"]["testimony"]["id"].clone());
    }
    assert_eq!(
        gaelle.refusals("testimonyPublish", json!({ "id": testimonies[0] })).await,
        Vec::<String>::new()
    );
    let register = "mutation($input: WrittenRequestRegisterInput!) { writtenRequestRegister(input: $input) { writtenRequest { id } userErrors { message } } }";
    let letter = json!({ "structure": A, "medium": "LETTER", "subject": "Allocation", "senderName": "Alice", "receivedOn": "2026-01-12" });
    let registered = bruno.data(register, json!({ "input": letter })).await;
    let plan = "mutation($input: CommitteeCreateInput!) { committeeCreate(input: $input) { committee { id } } }";
    let committee = bruno.data(plan, json!({ "input": { "structure": A, "kind": "LOCAL", "title": "Accueil", "aims": "Agir.",
        "agenda": "Parler.", "startsAt": "2026-01-12T09:00:00Z", "mode": "ON_SITE", "place": "Mairie" } })).await["committeeCreate"]["committee"]["id"].clone();
    let save = "mutation($input: ElectedOfficialSaveInput!) { electedOfficialSave(input: $input) { electedOfficial { id } } }";
    let official = bruno.data(save, json!({ "input": { "name": "Zélie", "mandate": "maire", "email": "zelie@mairie.test", "department": "96" } })).await["electedOfficialSave"]["electedOfficial"]["id"].clone();
    let apply = "mutation($input: CandidateApplyInput!) { candidateApply(input: $input) { candidate { id } } }";
    let candidate = bruno.data(apply, json!({ "input": { "structure": A, "name": "Zoé", "email": "zoe@usager.test", "consent": true } })).await["candidateApply"]["candidate"]["id"].clone();
    let invite = "mutation($input: CommitteeInviteInput!) { committeeInvite(input: $input) { committee { participants { id } } } }";
    let listed = bruno.data(invite, json!({ "input": { "id": committee, "send": false, "people": [{ "role": "USER", "candidate": candidate }] } })).await["committeeInvite"]["committee"]["participants"][0]["id"].clone();
    world.later(chrono::TimeDelta::hours(2)).await;
    let record = "mutation($input: CommitteeRecordInput!) { committeeRecord(input: $input) { committee { minutes { outcomes { id } } } } }";
    let decided = json!({ "id": committee, "outcomes": [{ "kind": "DECISION", "text": "Agir", "choice": "AGREED", "origin": { "kind": "TEAM", "note": "une idée" } }] });
    let outcome = bruno.data(record, json!({ "input": decided })).await["committeeRecord"]["committee"]["minutes"]["outcomes"][0]["id"].clone();
    world.settle().await;
    let found = iris.data("{ networks { id } structures { nodes { id } } commitments { id } viewer { id } jobs { nodes { id } } }", json!({})).await;
    let ids = json!({
        "Network": found["networks"][0]["id"], "Structure": found["structures"]["nodes"][0]["id"],
        "Commitment": found["commitments"][0]["id"], "Viewer": found["viewer"]["id"], "Job": found["jobs"]["nodes"][0]["id"],
        "Testimony": testimonies[0], "hidden": testimonies[1],
        "Committee": committee, "ElectedOfficial": official, "CommitteeCandidate": candidate, "CommitteeParticipant": listed, "CommitteeOutcome": outcome,
        "WrittenRequest": registered["writtenRequestRegister"]["writtenRequest"]["id"],
    });
    (world, ids)
}

async fn sees(who: &Client, id: &Value) -> bool {
    let node = who.data(NODE, json!({ "id": id })).await["node"].clone();
    assert!(node.is_null() || node["id"] == *id, "{node}");
    !node.is_null()
}

#[tokio::test]
async fn each_kind_is_found_by_those_who_may_see_it_and_by_nobody_else() {
    let (world, ids) = furnished().await;
    let mut everybody = vec![("alice", world.alice.clone())];
    for name in ["bruno", "chloe", "gaelle", "iris", "jonas"] {
        everybody.push((name, world.person(name).await));
    }
    for (kind, whom) in [
        ("Network", vec!["alice", "bruno", "chloe", "gaelle", "iris", "jonas"]),
        ("Structure", vec!["alice", "bruno", "chloe", "gaelle", "iris", "jonas"]),
        ("Commitment", vec!["alice", "bruno", "chloe", "gaelle", "iris", "jonas"]),
        ("Testimony", vec!["alice", "bruno", "chloe", "gaelle", "iris", "jonas"]),
        ("hidden", vec!["bruno", "gaelle"]),
        ("WrittenRequest", vec!["bruno"]),
        ("Committee", vec!["bruno"]),
        ("CommitteeParticipant", vec!["bruno"]),
        ("CommitteeCandidate", vec!["bruno"]),
        // A draft still; once its committee is closed, everybody's.
        ("CommitteeOutcome", vec!["bruno"]),
        // Shared by the structures of the département.
        ("ElectedOfficial", vec!["bruno", "chloe"]),
        ("Job", vec!["iris"]),
        ("Viewer", vec!["iris"]),
    ] {
        for (name, who) in &everybody {
            assert_eq!(sees(who, &ids[kind]).await, whom.contains(name), "{name} and {kind}");
        }
    }
    // Every kind that carries an id is a kind that `node` gives back, under its own name.
    let (bruno, iris) = (world.person("bruno").await, world.person("iris").await);
    for kind in [
        "Network",
        "Structure",
        "Commitment",
        "Testimony",
        "WrittenRequest",
        "Committee",
        "CommitteeOutcome",
        "CommitteeParticipant",
        "CommitteeCandidate",
        "ElectedOfficial",
    ] {
        assert_eq!(bruno.data(NODE, json!({ "id": ids[kind] })).await["node"]["__typename"], kind);
    }
    for kind in ["Job", "Viewer"] {
        assert_eq!(iris.data(NODE, json!({ "id": ids[kind] })).await["node"]["__typename"], kind);
    }
    let types = "{ __schema { types { name fields { name } interfaces { name } } } }";
    for kind in world.alice.data(types, json!({})).await["__schema"]["types"].as_array().unwrap() {
        let has_id =
            kind["fields"].as_array().into_iter().flatten().any(|field| field["name"] == "id");
        let is_node = kind["interfaces"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|interface| interface["name"] == "Node");
        assert!(
            kind["name"] == "Node" || has_id == is_node,
            "{} has an id that node does not know",
            kind["name"]
        );
    }
    world.end().await;
}

#[tokio::test]
async fn ids_that_lead_nowhere_answer_null_in_their_place() {
    let (world, ids) = furnished().await;
    // « Structure:999 », « Structure:-1 », « Structure:x », « Testimony: », « Pigeon:1 », « Account:1 », « Structure:1\0 »,
    // a number beyond 64 bits, another alphabet, nothing, and a letter that is hidden from the public.
    let nowhere = [
        "U3RydWN0dXJlOjk5OQ",
        "U3RydWN0dXJlOi0x",
        "U3RydWN0dXJlOng",
        "VGVzdGltb255Og",
        "UGlnZW9uOjE",
        "QWNjb3VudDox",
        "U3RydWN0dXJlOjEA",
        "U3RydWN0dXJlOjk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "é",
        "",
        "STRUCTA1",
    ];
    for id in nowhere {
        assert!(!sees(&world.alice, &json!(id)).await, "{id}");
    }
    let asked = [
        &json!("VGVzdGltb255Og"),
        &ids["Structure"],
        &ids["hidden"],
        &ids["Testimony"],
        &ids["Structure"],
    ];
    let nodes = world.alice.data(NODES, json!({ "ids": asked })).await["nodes"].clone();
    assert_eq!(
        nodes,
        json!([null, { "__typename": "Structure", "id": ids["Structure"] }, null,
            { "__typename": "Testimony", "id": ids["Testimony"] }, { "__typename": "Structure", "id": ids["Structure"] }])
    );
    // Whoever closed the account is nobody's viewer any more, even with a token that was good.
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut conn,
        "update account set disabled_at = now() where email like 'iris@%'",
    )
    .await
    .unwrap();
    assert_eq!(iris.error(NODE, json!({ "id": ids["Viewer"] })).await, "UNAUTHENTICATED");
    let again = world
        .alice
        .refusals("sessionCreate", json!({ "email": address("iris"), "password": PASSWORD }))
        .await;
    assert_eq!(again, ["WRONG_CREDENTIALS input"]);
    world.end().await;
}

#[tokio::test]
async fn a_hundred_nodes_are_read_at_once_and_no_more() {
    let (world, ids) = furnished().await;
    let many = |count: usize| json!({ "ids": vec![&ids["Structure"]; count] });
    assert_eq!(world.alice.data(NODES, many(100)).await["nodes"].as_array().unwrap().len(), 100);
    assert_eq!(world.alice.data(NODES, many(0)).await["nodes"], json!([]));
    assert_eq!(world.alice.error(NODES, many(101)).await, "BAD_USER_INPUT");
    world.end().await;
}
