//! A token's life: where it counts, and how it ends.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::people::address;
use tests::world::Plan;
use tests::{Client, World};

const WHO: &str = "{ viewer { email } }";
const LOG_OUT: &str = "mutation { sessionDelete { deleted userErrors { code } } }";

/// The answer to a request with any `Authorization` header: status, and who is logged in or the code.
async fn with_header(world: &World, header: &[u8]) -> (u16, Value) {
    let value = reqwest::header::HeaderValue::from_bytes(header).unwrap();
    let request = reqwest::Client::new()
        .post(format!("{}/graphql", world.url))
        .header("authorization", value);
    let response = request.json(&json!({ "query": WHO })).send().await.unwrap();
    let status = response.status().as_u16();
    let answer: Value = response.json().await.unwrap();
    let told = answer.pointer("/errors/0/extensions/code").or(answer.pointer("/data/viewer/email"));
    (status, told.cloned().unwrap_or(answer))
}

async fn logged_in(who: &Client) -> bool {
    let (status, answer) = who.post(json!({ "query": WHO }).to_string()).await;
    match status {
        200 => true,
        401 => {
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
            assert!(answer.get("data").is_none(), "{answer}");
            false
        }
        other => panic!("{other}: {answer}"),
    }
}

#[tokio::test]
async fn only_a_whole_good_bearer_token_is_accepted() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let token = world.person("bruno").await.token.unwrap();
    for header in
        [format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER  {token} ")]
    {
        assert_eq!(
            with_header(&world, header.as_bytes()).await,
            (200, json!(address("bruno"))),
            "{header}"
        );
    }
    for header in [
        format!("Basic {token}"),
        format!("Bearer{token}"),
        token.clone(),
        "Bearer".into(),
        "Bearer ".into(),
        String::new(),
        format!("Bearer {}", &token[1..]),
        format!("Bearer {token}x"),
        format!("Bearer {token} {token}"),
        format!("Bearer {}", token.to_lowercase()),
        format!("Bearer {}", "x".repeat(257)),
        format!("Bearer {}", "x".repeat(5000)),
        "Bearer null".into(),
    ] {
        assert_eq!(
            with_header(&world, header.as_bytes()).await,
            (401, json!("UNAUTHENTICATED")),
            "{header:.60}"
        );
    }
    assert_eq!(with_header(&world, b"Bearer \xe9\xe8").await, (401, json!("UNAUTHENTICATED")));
    // A wrong token is refused even where nobody needs one: its owner believes to be logged in.
    let stray = world.alice.with_token("erroné");
    assert_eq!(stray.error("{ networks { code } }", json!({})).await, "UNAUTHENTICATED");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_token_expires() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let morning = world.person("bruno").await;
    world.clock.advance(TimeDelta::hours(2));
    let later = world.person("bruno").await;
    world.clock.advance(TimeDelta::hours(10) - TimeDelta::microseconds(1));
    assert!(logged_in(&morning).await, "a microsecond before the twelfth hour");
    world.clock.advance(TimeDelta::microseconds(1));
    assert!(!logged_in(&morning).await, "the twelfth hour is over");
    assert!(logged_in(&later).await, "another session has its own twelve hours");
    world.end_anyhow().await;
}

#[tokio::test]
async fn logging_out_revokes_this_token_on_every_server_and_no_other() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let (office, home) = (world.person("bruno").await, world.person("bruno").await);
    let elsewhere =
        Client::new(&world.another_server().await).with_token(office.token.as_deref().unwrap());
    assert!(logged_in(&elsewhere).await, "a token counts on every server");
    assert_eq!(
        office.data(LOG_OUT, json!({})).await["sessionDelete"],
        json!({ "deleted": true, "userErrors": [] })
    );
    for revoked in [&office, &elsewhere] {
        assert!(!logged_in(revoked).await);
        assert_eq!(revoked.error(LOG_OUT, json!({})).await, "UNAUTHENTICATED", "a second time too");
    }
    assert!(logged_in(&home).await);
    assert_eq!(world.alice.error(LOG_OUT, json!({})).await, "UNAUTHENTICATED");
    world.end_anyhow().await;
}
