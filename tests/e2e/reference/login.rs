//! Logging in, and being kept from guessing.

use chrono::TimeDelta;
use schema::foundation::settings::Settings;
use serde_json::{Value, json};
use tests::World;
use tests::people::{A, DIRECTION, PASSWORD, ROOT, address};
use tests::world::Plan;

const LOG_IN: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
    token expiresAt viewer { email displayName roles { role structure { code } alerts } } userErrors { code message path } } }";
const WHO: &str = "{ viewer { email displayName roles { role structure { code } alerts } } }";

fn credentials(login: &str, password: &str) -> Value {
    json!({ "input": { "email": login, "password": password } })
}

#[tokio::test]
async fn a_good_password_gives_a_token_that_is_kept_as_a_hash_only() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    assert!(world.alice.data(WHO, json!({})).await["viewer"].is_null(), "nobody is logged in");
    let opened =
        world.alice.data(LOG_IN, credentials(&address("elise"), PASSWORD)).await["sessionCreate"]
            .clone();
    assert_eq!(opened["userErrors"], json!([]));
    assert_eq!(opened["expiresAt"], "2026-01-12T20:00:00+00:00");
    let elise = json!({ "email": "elise@exemple.test", "displayName": "Élise Directrice",
        "roles": [{ "role": "MANAGER", "structure": { "code": DIRECTION }, "alerts": "SUBTREE" }] });
    assert_eq!(opened["viewer"], elise);
    let token = opened["token"].as_str().unwrap();
    assert!(token.len() >= 43 && token.is_ascii(), "256 bits: {token}");
    assert_eq!(world.alice.with_token(token).data(WHO, json!({})).await["viewer"], elise);

    // Capitals and spaces around the login do not matter; a second session has its own token.
    let again = world.alice.data(LOG_IN, credentials(" ELISE@Exemple.test ", PASSWORD)).await;
    assert_ne!(again["sessionCreate"]["token"], opened["token"]);

    #[derive(diesel::QueryableByName)]
    struct Kept {
        #[diesel(sql_type = diesel::sql_types::Text)]
        row: String,
    }
    let query = "select row_to_json(s)::text as row from session s where token_hash = sha256($1::text::bytea)";
    let bound = diesel::sql_query(query).bind::<diesel::sql_types::Text, _>(token);
    let kept: Vec<Kept> =
        diesel_async::RunQueryDsl::load(bound, &mut world.conn().await).await.unwrap();
    assert!(kept.len() == 1 && !kept[0].row.contains(token), "the hash is kept, the token is not");
    world.end_anyhow().await;
}

#[tokio::test]
async fn everybody_finds_the_own_roles() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    for (name, role, place) in [
        ("bruno", "AGENT", json!({ "code": A })),
        ("farid", "NETWORK_HEAD", json!({ "code": ROOT })),
        ("gaelle", "MODERATOR", Value::Null),
        ("henri", "NATIONAL", Value::Null),
        ("iris", "OPERATOR", Value::Null),
    ] {
        let viewer = world.person(name).await.data(WHO, json!({})).await["viewer"].clone();
        assert_eq!(viewer["email"], address(name));
        assert_eq!(
            viewer["roles"],
            json!([{ "role": role, "structure": place, "alerts": "NONE" }])
        );
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_answer_alike() {
    let settings = Settings { login_attempts: 100, ..Settings::default() };
    let world = World::with(Plan { worker: false, settings, ..Plan::default() }).await;
    let answer = |login: String, password: String| {
        let world = &world;
        async move {
            world.alice.data(LOG_IN, credentials(&login, &password)).await["sessionCreate"].clone()
        }
    };
    let wrong = answer(address("bruno"), "raté".into()).await;
    assert_eq!(
        wrong,
        json!({ "token": null, "expiresAt": null, "viewer": null, "userErrors": [
            { "code": "WRONG_CREDENTIALS", "message": "Adresse ou mot de passe incorrect.", "path": ["input"] }] })
    );
    for (login, password) in [
        (address("personne"), PASSWORD.to_owned()),
        (String::new(), String::new()),
        (address("bruno"), String::new()),
        (address("bruno"), format!("{PASSWORD} ")),
        (address("bruno"), PASSWORD.to_uppercase()),
        ("bruno".into(), PASSWORD.into()),
        (format!("{}@exemple.test", "x".repeat(300)), PASSWORD.into()),
        // A good password followed by megabytes is not cut down to the good one.
        (address("bruno"), PASSWORD.to_owned() + &"x".repeat(100_000)),
        (address("bruno"), "é".repeat(1024)),
    ] {
        assert_eq!(answer(login.clone(), password).await, wrong, "{login:.40}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn guessing_is_slowed_down_and_forgiven_after_a_quarter_of_an_hour() {
    let settings = Settings { login_attempts: 3, login_origin_attempts: 3, ..Settings::default() };
    let world = World::with(Plan { worker: false, settings, ..Plan::default() }).await;
    let attempt = |name: &'static str, password: &'static str| {
        world
            .alice
            .refusals("sessionCreate", credentials(&address(name), password)["input"].clone())
    };
    let (wrong, waits) = (["WRONG_CREDENTIALS input"], ["TOO_MANY_ATTEMPTS input"]);
    let open = world.person("bruno").await;
    assert_eq!(attempt("bruno", "raté").await, wrong);
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(attempt("bruno", "raté").await, wrong);
    assert!(attempt("bruno", PASSWORD).await.is_empty(), "two failures are forgiven");
    assert_eq!(attempt("bruno", "raté").await, wrong);

    // From now on neither the good password nor another login from the same place is even looked at.
    assert_eq!(attempt("bruno", PASSWORD).await, waits);
    assert_eq!(attempt("chloe", PASSWORD).await, waits);
    assert_eq!(attempt("personne", "raté").await, waits);
    assert_eq!(
        open.data(WHO, json!({})).await["viewer"]["email"],
        address("bruno"),
        "who is logged in stays so"
    );

    // Fourteen minutes after the first failure, then exactly fifteen.
    world.clock.advance(TimeDelta::minutes(14) - TimeDelta::microseconds(1));
    assert_eq!(attempt("bruno", PASSWORD).await, waits);
    world.clock.advance(TimeDelta::microseconds(1));
    assert!(attempt("bruno", PASSWORD).await.is_empty(), "the first failure is forgotten");
    assert_eq!(attempt("bruno", "raté").await, wrong, "the other two are not");
    assert_eq!(attempt("bruno", PASSWORD).await, waits);
    world.clock.advance(TimeDelta::minutes(15));
    assert!(attempt("bruno", PASSWORD).await.is_empty());
    world.end_anyhow().await;
}
