//! What comes too often waits: counted by all servers together, and per operation however many a document holds.

use std::net::IpAddr;

use chrono::TimeDelta;
use diesel_async::RunQueryDsl;
use schema::foundation::app::App;
use schema::foundation::database::Pool;
use schema::foundation::settings::Settings;
use schema::operate::throttle::{purge, service};
use serde_json::{Value, json};
use tests::people::{A, PASSWORD, address};
use tests::world::Plan;
use tests::{Client, World};

async fn world(change: impl FnOnce(&mut Settings)) -> World {
    let mut settings = Settings::default();
    change(&mut settings);
    World::with(Plan { worker: false, settings, ..Plan::default() }).await
}

/// The codes of many operations of one document.
async fn codes(who: &Client, times: usize, operation: &str) -> Vec<Value> {
    let fields: String =
        (0..times).map(|n| format!("a{n}: {operation} {{ userErrors {{ code }} }} ")).collect();
    let data = who.data(&format!("mutation {{ {fields} }}"), json!({})).await;
    (0..times).map(|n| data[format!("a{n}")]["userErrors"][0]["code"].clone()).collect()
}

#[tokio::test]
async fn ten_log_ins_of_one_document_are_ten_and_all_servers_count_together() {
    let world = world(|settings| settings.login_attempts = 5).await;
    let other = Client::new(&world.another_server().await);
    let attempt =
        format!("sessionCreate(input: {{ email: \"{}\", password: \"raté\" }})", address("bruno"));
    let first = codes(&world.alice, 3, &attempt).await;
    assert_eq!(first, vec![json!("WRONG_CREDENTIALS"); 3]);
    // Two more are left, whoever is asked.
    let rest = codes(&other, 4, &attempt).await;
    assert_eq!(rest[..2], vec![json!("WRONG_CREDENTIALS"); 2]);
    assert_eq!(rest[2..], vec![json!("TOO_MANY_ATTEMPTS"); 2]);
    let right = json!({ "email": address("bruno"), "password": PASSWORD });
    for server in [&world.alice, &other] {
        assert_eq!(
            server.refusals("sessionCreate", right.clone()).await,
            ["TOO_MANY_ATTEMPTS input"]
        );
    }
    // Another login from the same place may still come in: an administration has one address.
    world.person("chloe").await;
    world.clock.advance(TimeDelta::minutes(15));
    assert!(other.refusals("sessionCreate", right).await.is_empty());
    world.end_anyhow().await;
}

/// Somebody at another address of this machine.
fn at(world: &World, place: [u8; 4]) -> impl AsyncFn(&str) -> Value + use<> {
    let http = reqwest::Client::builder().local_address(IpAddr::from(place)).build().unwrap();
    let (url, login) = (format!("{}/graphql", world.url), address("bruno"));
    async move |password: &str| {
        let input = json!({ "email": login, "password": password });
        let query = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { userErrors { code } } }";
        let body = json!({ "query": query, "variables": { "input": input } });
        let answer = http.post(&url).json(&body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["data"]["sessionCreate"]["userErrors"].clone()
    }
}

#[tokio::test]
async fn nobody_at_one_place_keeps_somebody_else_out() {
    let world = world(|settings| {
        settings.login_attempts = 3;
        settings.login_account_attempts = 6;
    })
    .await;
    let (wrong, waits) =
        (json!([{ "code": "WRONG_CREDENTIALS" }]), json!([{ "code": "TOO_MANY_ATTEMPTS" }]));
    let (bruno, one, other) =
        (at(&world, [127, 0, 0, 1]), at(&world, [127, 0, 0, 2]), at(&world, [127, 0, 0, 3]));
    for _ in 0..3 {
        assert_eq!(one("raté").await, wrong);
    }
    assert_eq!(one("raté").await, waits);
    assert_eq!(one(PASSWORD).await, waits, "the right one is not looked at there");
    assert_eq!(bruno(PASSWORD).await, json!([]));
    // From everywhere it is enough at some time: whoever has many addresses guesses no more.
    for _ in 0..3 {
        assert_eq!(other("raté").await, wrong);
    }
    assert_eq!(bruno(PASSWORD).await, waits);
    world.clock.advance(TimeDelta::minutes(15));
    assert_eq!(bruno(PASSWORD).await, json!([]));
    world.end_anyhow().await;
}

#[tokio::test]
async fn one_place_may_not_try_login_after_login() {
    let world = world(|settings| settings.login_origin_attempts = 6).await;
    for number in 0..6 {
        let wrong = json!({ "email": format!("x{number}@exemple.test"), "password": "x" });
        assert_eq!(world.alice.refusals("sessionCreate", wrong).await, ["WRONG_CREDENTIALS input"]);
    }
    let right = json!({ "email": address("bruno"), "password": PASSWORD });
    assert_eq!(world.alice.refusals("sessionCreate", right).await, ["TOO_MANY_ATTEMPTS input"]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn testimonies_without_account_are_so_many_and_agents_are_not_counted() {
    let world = world(|settings| settings.submissions = 3).await;
    let bruno = world.person("bruno").await;
    let told = json!({ "structure": A, "title": "Bien", "body": "Bien.", "pseudonym": "alice",
        "experiences": [{ "channel": "PHONE", "sentiment": "POSITIVE" }] });
    let applied =
        json!({ "structure": A, "name": "Zoé", "email": "zoe@usager.test", "consent": true });
    for _ in 0..2 {
        assert!(world.alice.refusals("testimonySubmit", told.clone()).await.is_empty());
    }
    assert!(world.alice.refusals("candidateApply", applied.clone()).await.is_empty());
    for (mutation, input) in [("testimonySubmit", &told), ("candidateApply", &applied)] {
        assert_eq!(
            world.alice.refusals(mutation, input.clone()).await,
            ["TOO_MANY_ATTEMPTS input"]
        );
    }
    for _ in 0..4 {
        assert!(bruno.refusals("testimonySubmit", told.clone()).await.is_empty());
    }
    world.clock.advance(TimeDelta::minutes(15));
    assert!(world.alice.refusals("testimonySubmit", told).await.is_empty());
    world.end_anyhow().await;
}

#[tokio::test]
async fn links_and_codes_that_are_none_of_ours_are_not_tried_for_ever() {
    let world = world(|settings| settings.token_attempts = 4).await;
    let respond =
        "mutation($input: CommitteeRespondInput!) { committeeRespond(input: $input) { state } }";
    for number in 0..2 {
        let unknown = json!({ "input": { "token": format!("x{number}") } });
        assert_eq!(world.alice.error(respond, unknown).await, "NOT_FOUND");
        let exchanged = world.alice.refusals("sessionExchange", json!({ "code": "x" })).await;
        assert_eq!(exchanged, ["LOGIN_CODE_INVALID code"]);
    }
    let exchanged = world.alice.refusals("sessionExchange", json!({ "code": "x" })).await;
    assert_eq!(exchanged, ["TOO_MANY_ATTEMPTS input"]);
    let answer = world.alice.ask(respond, json!({ "input": { "token": "x" } })).await.to_string();
    assert!(answer.contains("Trop de tentatives"), "{answer}");
    world.end_anyhow().await;
}

#[tokio::test]
async fn attempts_at_once_see_each_other() {
    let world = world(|settings| settings.login_attempts = 5).await;
    let wrong = json!({ "email": address("bruno"), "password": "raté" });
    let tries = (0..30).map(|_| world.alice.refusals("sessionCreate", wrong.clone()));
    let answers = futures_util::future::join_all(tries).await;
    let looked_at = answers.iter().filter(|codes| codes[0] == "WRONG_CREDENTIALS input").count();
    assert!(looked_at <= 5, "{looked_at} passwords were looked at");
    world.end_anyhow().await;
}

async fn sql(world: &World, statement: &str) -> usize {
    diesel::sql_query(statement).execute(&mut world.conn().await).await.unwrap()
}

/// Each program reads the key of its own database, and only once.
#[tokio::test]
async fn the_key_of_the_marks_is_read_once_and_kept_with_the_application() {
    let (one, other) = (world(|settings| settings.login_attempts = 2).await, world(|_| ()).await);
    sql(&other, "update attempt_secret set secret = sha256('other')").await;
    let (first, second) = (program(&one), program(&other));
    let (ours, theirs) = (key(&first).await, key(&second).await);
    assert_ne!(ours, theirs, "of another database");
    sql(&one, "update attempt_secret set secret = sha256('changed')").await;
    assert_eq!(key(&first).await, ours);
    assert_ne!(key(&program(&one)).await, ours, "read anew by a new program");
    // The server, too, goes on counting with the one that it knows.
    let wrong = json!({ "email": address("bruno"), "password": "raté" });
    for expected in
        ["WRONG_CREDENTIALS input", "WRONG_CREDENTIALS input", "TOO_MANY_ATTEMPTS input"]
    {
        assert_eq!(one.alice.refusals("sessionCreate", wrong.clone()).await, [expected]);
        sql(&one, "update attempt_secret set secret = sha256(secret)").await;
    }
    one.end_anyhow().await;
    other.end_anyhow().await;
}

fn program(world: &World) -> App {
    App::new(Pool::new(&world.database_url, 1).unwrap(), Settings::default())
}

async fn key(app: &App) -> Vec<u8> {
    service::secret(app, &mut app.pool.get().await.unwrap()).await.unwrap().to_vec()
}

#[tokio::test]
async fn what_counts_no_more_is_forgotten_however_much_it_is() {
    let world = world(|_| ()).await;
    let (now, mut conn) = (world.clock.now(), world.conn().await);
    let add = |count: i64, at: chrono::DateTime<chrono::Utc>| {
        format!(
            "insert into attempt (key, at) select 'x'::bytea, '{at}'::timestamptz from generate_series(1, {count})"
        )
    };
    sql(&world, &add(2300, now - TimeDelta::minutes(15))).await;
    sql(&world, &add(3, now - TimeDelta::minutes(15) + TimeDelta::seconds(1))).await;
    assert_eq!(purge::forgiven_attempts(&mut conn, now).await.unwrap(), 2300);
    assert_eq!(purge::forget_attempts(&mut conn, now).await.unwrap(), 2300);
    assert_eq!(purge::forget_attempts(&mut conn, now).await.unwrap(), 0);
    assert_eq!(sql(&world, "delete from attempt").await, 3, "those that count stay");
    world.end_anyhow().await;
}
