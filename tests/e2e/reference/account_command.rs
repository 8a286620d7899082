//! Accounts and rights are changed from the command line, and every change is in the trail.

use serde_json::{Value, json};
use tests::people::{A, B};
use tests::process::program;
use tests::world::Plan;
use tests::{Client, World};

const NORA: &str = "nora@exemple.test";
const LOG_IN: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { token userErrors { code } } }";
const ROLES: &str = "{ viewer { roles { role structure { code } } } }";

/// Runs `server account …`; gives how it ended and what it said.
async fn account(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let output = tokio::process::Command::new(program("server"))
        .arg("account")
        .args(arguments)
        .env("DATABASE_URL", &world.database_url)
        .env("SPP_LOG", "warn")
        .output()
        .await
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

/// The password that the command printed.
async fn shown(world: &World, arguments: &[&str]) -> String {
    let (code, told) = account(world, arguments).await;
    assert_eq!(code, Some(0), "{told}");
    told.trim().rsplit(' ').next().unwrap().to_owned()
}

async fn done(world: &World, arguments: &[&str]) {
    let (code, told) = account(world, arguments).await;
    assert_eq!(code, Some(0), "{told}");
}

/// Nora, if the password lets her in.
async fn log_in(world: &World, password: &str) -> Option<Client> {
    let input = json!({ "input": { "email": NORA, "password": password } });
    let answer = world.alice.data(LOG_IN, input).await["sessionCreate"].clone();
    answer["token"].as_str().map(|token| world.alice.with_token(token))
}

async fn roles(who: &Client) -> Value {
    who.data(ROLES, json!({})).await["viewer"]["roles"].clone()
}

#[tokio::test]
async fn rights_are_given_and_taken_and_an_account_is_closed_and_opened_again() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let role = format!("AGENT@{A}");
    let first = shown(&world, &["create", NORA, "--name", "Nora", "--role", &role]).await;
    let nora = log_in(&world, &first).await.expect("she is let in");
    let of = |role: &str, code: &str| json!({ "role": role, "structure": { "code": code } });
    assert_eq!(roles(&nora).await, json!([of("AGENT", A)]));

    // A role more, once; a role less. Both hold at once.
    let manager = format!("MANAGER@{B}");
    for _ in 0..2 {
        done(&world, &["grant", NORA, &manager]).await;
    }
    assert_eq!(roles(&nora).await, json!([of("AGENT", A), of("MANAGER", B)]));
    done(&world, &["withdraw", &NORA.to_uppercase(), &role]).await;
    assert_eq!(roles(&nora).await, json!([of("MANAGER", B)]));

    // What makes no sense changes nothing, and says why.
    for (arguments, said) in [
        (["grant", NORA, "AGENT"], "écrivez AGENT@CODE"),
        (["grant", NORA, &format!("NATIONAL@{A}")], "vaut partout"),
        (["grant", NORA, "AGENT@NOWHERE1"], "Aucune structure n'a le code"),
        (["grant", NORA, "QUEEN"], "unknown role QUEEN"),
        (["withdraw", NORA, &role], "n'a pas ce rôle"),
        (["grant", "nobody@exemple.test", &role], "no account has the address"),
    ] {
        let (code, told) = account(&world, &arguments).await;
        assert_eq!((code, told.contains(said)), (Some(1), true), "{arguments:?}: {told}");
    }
    assert_eq!(account(&world, &["unlink", NORA]).await.0, Some(1), "linked to nobody");

    // Another password ends her sessions, and the one before.
    let second = shown(&world, &["password", NORA]).await;
    assert_eq!(nora.error(ROLES, json!({})).await, "UNAUTHENTICATED");
    assert!(log_in(&world, &first).await.is_none());
    let nora = log_in(&world, &second).await.expect("she is let in");
    // Closed, nothing of hers works; opened again, everything does.
    done(&world, &["close", NORA]).await;
    assert_eq!(nora.error(ROLES, json!({})).await, "UNAUTHENTICATED");
    assert!(log_in(&world, &second).await.is_none());
    let (code, told) = account(&world, &["create", NORA, "--name", "Nora", "--role", &role]).await;
    assert_eq!(
        (code, told.contains("has the address nora@exemple.test already")),
        (Some(1), true),
        "{told}"
    );
    for _ in 0..2 {
        done(&world, &["reopen", NORA]).await;
    }
    assert_eq!(nora.error(ROLES, json!({})).await, "UNAUTHENTICATED", "what was ended stays so");
    let nora = log_in(&world, &second).await.expect("she is let in");
    assert_eq!(roles(&nora).await, json!([of("MANAGER", B)]));

    let trail = "{ auditTrail(first: 20, filter: { actor: \"console\" }) { nodes { action subject structure { code } } } }";
    let told =
        world.person("henri").await.data(trail, json!({})).await["auditTrail"]["nodes"].clone();
    let first = &told[0]["subject"];
    assert!(told.as_array().unwrap().iter().all(|entry| entry["subject"] == *first), "{told}");
    let entries: Vec<String> = told
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|entry| {
            let place = entry["structure"]["code"].as_str().unwrap_or_default();
            format!("{} {place}", entry["action"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        entries,
        [
            "account.open ".to_owned(),
            format!("role.grant.AGENT {A}"),
            format!("role.grant.MANAGER {B}"),
            format!("role.withdraw.AGENT {A}"),
            "account.password ".to_owned(),
            "account.close ".to_owned(),
            "account.reopen ".to_owned(),
        ]
    );
    world.end_anyhow().await;
}
