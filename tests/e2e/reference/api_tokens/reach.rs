//! What a token may do: what its owner may, on one subtree, and no more.

use std::time::Duration;

use serde_json::{Value, json};
use tests::people::{A, B, C, DIRECTION, PASSWORD, ROOT, address};
use tests::socket::{Heard, Socket};
use tests::{Client, World};

use super::{is_let_in, listed, make, mutation, revoke, sql, text, world};

const REGISTER: &str =
    "mutation($input: WrittenRequestRegisterInput!) { writtenRequestRegister(input: $input) {
    writtenRequest { id } userErrors { code } } }";
const REGISTERS: &str = "{ writtenRequests { nodes { structure { code } } } }";

fn letter(structure: &str) -> Value {
    json!({ "input": { "structure": structure, "medium": "LETTER", "subject": "Mon dossier",
        "senderName": "Alice", "receivedOn": "2026-01-12" } })
}

/// A letter in the register of each structure, by somebody who keeps it; gives their ids.
async fn letters(world: &World) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for (name, structure) in
        [("farid", ROOT), ("elise", DIRECTION), ("bruno", A), ("chloe", B), ("jonas", C)]
    {
        let data = world.person(name).await.data(REGISTER, letter(structure)).await;
        let id = data["writtenRequestRegister"]["writtenRequest"]["id"].clone();
        assert!(id.is_string(), "{data}");
        all.push((structure, id));
    }
    all
}

/// The structures whose letters a program reads, sorted.
async fn registers(program: &Client) -> Vec<String> {
    let data = program.data(REGISTERS, json!({})).await;
    let nodes = data["writtenRequests"]["nodes"].as_array().unwrap().clone();
    let code = |node: &Value| node["structure"]["code"].as_str().unwrap().to_owned();
    let mut codes: Vec<String> = nodes.iter().map(code).collect();
    codes.sort();
    codes
}

#[tokio::test]
async fn a_token_reads_its_structure_and_all_below_it() {
    let world = world().await;
    let letters = letters(&world).await;
    for (owner, structure, expected) in [
        ("david", A, vec![A]),
        ("elise", A, vec![A]),
        ("elise", DIRECTION, vec![DIRECTION, A, B]),
        ("farid", B, vec![B]),
        ("farid", ROOT, vec![ROOT, DIRECTION, A, B]),
        // Whose role holds everywhere is narrowed, too.
        ("henri", A, vec![A]),
        ("henri", C, vec![C]),
    ] {
        let (program, _) = make(&world.person(owner).await, structure, "READ", json!({})).await;
        let mut sorted = expected.clone();
        sorted.sort_unstable();
        assert_eq!(registers(&program).await, sorted, "{owner} on {structure}");
        for (place, id) in &letters {
            let one = "query($id: ID!) { writtenRequest(id: $id) { id } }";
            let node = "query($id: ID!) { node(id: $id) { id } }";
            let within = expected.contains(place);
            let variables = json!({ "id": id });
            let found = program.data(node, variables.clone()).await["node"]["id"] == *id;
            assert_eq!(found, within, "{owner} on {structure} reads {place}");
            if !within {
                assert_eq!(program.error(one, variables).await, "NOT_FOUND");
            }
        }
        // What everybody reads, a token reads everywhere.
        let public = program.data("{ structures { totalCount } }", json!({})).await;
        assert_eq!(public["structures"]["totalCount"], 6);
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_trail_and_the_export_end_where_the_token_ends() {
    let world = world().await;
    letters(&world).await;
    let (program, _) = make(&world.person("henri").await, C, "READ", json!({})).await;
    let trail = "{ auditTrail { nodes { action structure { code } } } }";
    let seen = program.data(trail, json!({})).await["auditTrail"]["nodes"].clone();
    assert_eq!(
        seen,
        json!([
            { "action": "api_token.create", "structure": { "code": C } },
            { "action": "written_request.register", "structure": { "code": C } },
        ])
    );
    let export = async |place: &str| {
        program.get(&format!("/written-requests.csv?structure={place}")).await.0
    };
    assert_eq!((export(C).await, export(A).await), (200, 404));
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_token_that_changes_does_so_in_its_subtree_and_the_trail_tells_both() {
    let world = world().await;
    let elise = world.person("elise").await;
    let (program, kept) = make(&elise, A, "READ_WRITE", json!({})).await;
    let made = program.data(REGISTER, letter(A)).await["writtenRequestRegister"].clone();
    assert_eq!(made["userErrors"], json!([]));
    for elsewhere in [B, DIRECTION, ROOT, C] {
        assert_eq!(program.error(REGISTER, letter(elsewhere)).await, "NOT_FOUND", "{elsewhere}");
    }
    let (reads, _) = make(&elise, A, "READ", json!({})).await;
    let refused = reads.ask(REGISTER, letter(A)).await["errors"][0].clone();
    assert_eq!(refused["extensions"]["code"], "FORBIDDEN");
    assert_eq!(
        refused["message"],
        "Ce jeton ne fait que lire : prenez-en un qui lit et écrit (READ_WRITE)."
    );
    // A person is still told about the profile.
    let gaelle = world.person("gaelle").await.ask(REGISTER, letter(A)).await;
    assert_eq!(gaelle["errors"][0]["message"], "Votre profil ne permet pas cette opération.");
    assert_eq!(registers(&elise).await, [A]);
    let actor = "select actor as text from audit_entry where action = 'written_request.register'";
    let id = text(&world, "select id::text as text from api_token order by id limit 1").await;
    let owner = kept["owner"]["reference"].as_str().unwrap();
    assert_eq!(text(&world, actor).await, format!("{owner} token:{id}"));
    world.end_anyhow().await;
}

/// A moderator decides everywhere; the token of one who also manages a structure decides there.
#[tokio::test]
async fn roles_that_hold_everywhere_are_narrowed_for_changes_too() {
    let world = world().await;
    sql(
        &world,
        "insert into account_role (account_id, role) select id, role from account cross join
        (values ('MODERATOR'), ('OPERATOR')) more (role) where email like 'elise@%'",
    )
    .await;
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let mut told = Vec::new();
    for structure in [A, B] {
        let input = json!({ "structure": structure, "title": "Bien", "body": "Bien.", "pseudonym": "alice",
            "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
        let data = world.alice.data(submit, json!({ "input": input })).await;
        told.push(json!({ "id": data["testimonySubmit"]["testimony"]["id"] }));
    }
    let (program, _) = make(&world.person("elise").await, A, "READ_WRITE", json!({})).await;
    let publish = "mutation($input: TestimonyPublishInput!) { testimonyPublish(input: $input) { testimony { id } } }";
    assert_eq!(program.error(publish, json!({ "input": told[1] })).await, "NOT_FOUND");
    assert!(program.refusals("testimonyPublish", told[0].clone()).await.is_empty());
    // Queues belong to no structure.
    assert_eq!(program.error("{ jobQueues { name } }", json!({})).await, "FORBIDDEN");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_token_stops_with_its_owners_role_and_account() {
    let world = world().await;
    let (program, _) = make(&world.person("elise").await, A, "READ", json!({})).await;
    let role = |change: &str| {
        format!(
            "update account_role set {change} where account_id = (select id from account where email like 'elise@%')"
        )
    };
    let at =
        |code: &str| format!("structure_id = (select id from structure where code = '{code}')");
    for (change, holds) in [
        (at(B), false),
        (at(A), true),
        ("role = 'AGENT'".to_owned(), false),
        (format!("role = 'NETWORK_HEAD', {}", at(ROOT)), true),
    ] {
        sql(&world, &role(&change)).await;
        assert_eq!(is_let_in(&program).await, holds, "{change}");
    }
    let account = "update account set disabled_at =";
    sql(&world, &format!("{account} now() where email like 'elise@%'")).await;
    assert!(!is_let_in(&program).await);
    sql(&world, &format!("{account} null where email like 'elise@%'")).await;
    assert!(is_let_in(&program).await);
    sql(&world, "delete from account_role where role = 'NETWORK_HEAD'").await;
    assert!(!is_let_in(&program).await);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_token_makes_no_tokens_and_leaves_the_account_alone() {
    let world = world().await;
    let david = world.person("david").await;
    let (program, kept) = make(&david, A, "READ_WRITE", json!({})).await;
    let create = json!({ "input": { "name": "x", "structure": A, "access": "READ_WRITE" } });
    let which = json!({ "input": { "id": kept["id"] } });
    let alerts =
        "mutation($input: AlertChooseInput!) { alertChoose(input: $input) { roles { role } } }";
    for (document, variables) in [
        (mutation("Create"), create),
        (mutation("Renew"), which.clone()),
        (mutation("Revoke"), which),
        ("{ apiTokens { totalCount } }".to_owned(), json!({})),
        ("mutation { sessionDelete { deleted } }".to_owned(), json!({})),
        (alerts.to_owned(), json!({ "input": { "structure": A, "alerts": "NONE" } })),
    ] {
        let error = program.ask(&document, variables).await["errors"][0].clone();
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{document}");
        // A program has no profile.
        let told = error["message"].as_str().unwrap();
        assert!(told.starts_with("Ce jeton "), "{document}: {told}");
    }
    assert_eq!(listed(&david, json!({})).await.len(), 1);
    // Whoever finds it learns nothing about its owner.
    let own = david.data("{ viewer { id roles { alerts } } }", json!({})).await["viewer"].clone();
    assert_eq!(own["roles"][0]["alerts"], "OWN");
    let who = "query($id: ID!) { viewer { email } node(id: $id) { id } }";
    let told = program.data(who, json!({ "id": own["id"] })).await;
    assert_eq!(told, json!({ "viewer": null, "node": null }));
    // A password opens a session, as for anybody.
    let log_in = json!({ "email": address("david"), "password": PASSWORD });
    assert!(program.refusals("sessionCreate", log_in).await.is_empty());
    world.end_anyhow().await;
}

#[tokio::test]
async fn those_who_manage_a_structure_keep_its_tokens() {
    let world = world().await;
    let (david, elise) = (world.person("david").await, world.person("elise").await);
    let (_, of_a) = make(&david, A, "READ", json!({})).await;
    let (_, of_direction) = make(&elise, DIRECTION, "READ", json!({})).await;
    revoke(&elise, &of_direction).await;
    let input = |structure: &str| json!({ "input": { "name": "x", "structure": structure, "access": "READ" } });
    for elsewhere in [B, DIRECTION, ROOT, C] {
        let code = david.error(&mutation("Create"), input(elsewhere)).await;
        assert_eq!(code, "NOT_FOUND", "{elsewhere}");
    }
    let node = "query($id: ID!) { node(id: $id) { __typename } }";
    for (name, sees) in [
        ("alice", Err("UNAUTHENTICATED")),
        ("bruno", Err("FORBIDDEN")),
        ("gaelle", Err("FORBIDDEN")),
        ("iris", Err("FORBIDDEN")),
        ("jonas", Err("FORBIDDEN")),
        ("david", Ok(1)),
        ("elise", Ok(2)),
        ("farid", Ok(2)),
        ("henri", Ok(2)),
    ] {
        let who = if name == "alice" { world.alice.clone() } else { world.person(name).await };
        match sees {
            Ok(count) => assert_eq!(listed(&who, json!({})).await.len(), count, "{name}"),
            Err(code) => {
                let list = "{ apiTokens { totalCount } }";
                assert_eq!(who.error(list, json!({})).await, code, "{name}");
                assert_eq!(who.error(&mutation("Create"), input(A)).await, code, "{name}");
                let which = json!({ "input": { "id": of_a["id"] } });
                assert_eq!(who.error(&mutation("Revoke"), which).await, code, "{name}");
            }
        }
        let found = who.data(node, json!({ "id": of_a["id"] })).await["node"].clone();
        assert_eq!(!found.is_null(), sees.is_ok(), "{name}");
    }
    let names = async |filter: Value| -> Vec<Value> {
        listed(&elise, filter).await.iter().map(|one| one["structure"]["code"].clone()).collect()
    };
    assert_eq!(names(json!({})).await, [DIRECTION, A], "newest first");
    assert_eq!(names(json!({ "active": true })).await, [A]);
    assert_eq!(names(json!({ "active": false })).await, [DIRECTION]);
    assert_eq!(names(json!({ "structure": A })).await, [A]);
    // A manager above ends what one below has made.
    assert_eq!(revoke(&elise, &of_a).await["state"], "REVOKED");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_closes_its_socket() {
    let world = world().await;
    let often = Duration::from_millis(50);
    let url = world.server_with(move |config| config.socket_check_time = often).await;
    let (program, kept) = make(&world.person("elise").await, A, "READ", json!({})).await;
    let mut listening = Socket::connect(&url, program.token.as_deref()).await;
    listening.subscribe("1", "subscription { testimonySubmitted { cursor } }", json!({})).await;
    listening.silent().await;
    // It hears what comes in below the token's root, not below its owner's.
    let beyond = "subscription { testimonySubmitted(structure: \"STRUCTB1\") { cursor } }";
    listening.subscribe("2", beyond, json!({})).await;
    let Heard::Message(refused) = listening.hear().await else { panic!("closed") };
    assert_eq!(refused["payload"][0]["extensions"]["code"], "NOT_FOUND", "{refused}");
    revoke(&world.person("david").await, &kept).await;
    assert_eq!(listening.hear().await, Heard::Closed(4401));
    let mut late = Socket::open(&url).await;
    let bearer = format!("Bearer {}", program.token.unwrap());
    late.send(json!({ "type": "connection_init", "payload": { "Authorization": bearer } })).await;
    assert_eq!(late.hear().await, Heard::Closed(4403));
    world.end_anyhow().await;
}
