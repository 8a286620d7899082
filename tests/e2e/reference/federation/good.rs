//! How it goes well.

use chrono::TimeDelta;
use schema::reference::federation::purge;
use serde_json::{Value, json};
use tests::people::{A, DIRECTION, PASSWORD, address};

use super::{Browser, PUBLIC, Provider, exchange, now, settle, siret, sql, text, traces, world};

const LOG_OUT: &str = "mutation { sessionDelete { deleted logoutUrl userErrors { code } } }";

#[tokio::test]
async fn an_agent_is_linked_by_address_once_known_by_subject_ever_after_and_logged_out_everywhere()
{
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    let mut browser = Browser::new(&server);

    let address_of_provider = browser.leave().await.expect("the way to the provider");
    let asked: std::collections::HashMap<String, String> =
        reqwest::Url::parse(&address_of_provider).unwrap().query_pairs().into_owned().collect();
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["redirect_uri"], format!("{PUBLIC}/connexion/retour"));
    assert_eq!(asked["scope"], "openid given_name usual_name email siret", "no more than needed");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert!(asked["state"].len() >= 32 && asked["nonce"].len() >= 32, "{asked:?}");
    let claims: Value = serde_json::from_str(&asked["claims"]).unwrap();
    assert_eq!(
        claims["id_token"]["acr"],
        json!({ "essential": true, "values": ["eidas1", "eidas2"] })
    );
    let kept = text(&mut conn, "select row_to_json(a)::text as text from login_attempt a").await;
    assert!(!kept.contains(&asked["state"]), "kept as a hash: {kept}");

    let back = browser.at_provider(&address_of_provider, "bruno").await;
    let landing = browser.come_back(&back).await;
    assert!(!browser.cookies.contains_key("spp_connexion"), "{:?}", browser.cookies);
    let opened = exchange(&world, &landing.handed()).await;
    assert_eq!(opened["userErrors"], json!([]));
    assert_eq!(opened["viewer"]["email"], address("bruno"));
    assert_eq!(opened["viewer"]["displayName"], "Bruno Agent", "our own name for the person stays");
    assert_eq!(opened["viewer"]["roles"], json!([{ "role": "AGENT", "structure": { "code": A } }]));
    let bruno = world.alice.with_token(opened["token"].as_str().unwrap());
    assert_eq!(
        bruno.data("{ viewer { email } }", json!({})).await["viewer"]["email"],
        address("bruno")
    );
    let trail = "select string_agg(action, ' ' order by id) as text from audit_entry";
    assert_eq!(text(&mut conn, trail).await, "identity.link session.create");

    // The address changes, here or there: the subject stays.
    sql(&mut conn, "update account set email = 'autre@exemple.test' where email like 'bruno%'")
        .await;
    now(&world);
    let again = Browser::new(&server).log_in("bruno").await;
    let again = exchange(&world, &again.handed()).await;
    assert_eq!(again["viewer"]["email"], "autre@exemple.test");
    assert_eq!(text(&mut conn, "select count(*)::text as text from account_identity").await, "1");

    // Out, here and there.
    let out = bruno.data(LOG_OUT, json!({})).await["sessionDelete"].clone();
    let logout = out["logoutUrl"].as_str().unwrap();
    assert!(
        logout.starts_with(&format!("{}/api/v2/session/end?id_token_hint=", provider.url)),
        "{logout}"
    );
    assert_eq!(bruno.error("{ viewer { email } }", json!({})).await, "UNAUTHENTICATED");
    let left = "select count(logout_url)::text as text from session where revoked_at is not null";
    assert_eq!(text(&mut conn, left).await, "0", "the ID token is gone with the session");
    assert!(
        browser.cookies.keys().any(|name| name.starts_with("_session")),
        "{:?}",
        browser.cookies
    );
    let (status, location, _) = browser.get(logout).await;
    let fin = location.unwrap_or_default();
    assert!(
        status == 303 && fin.starts_with(&format!("{PUBLIC}/connexion/fin?state=")),
        "{status} {fin}"
    );
    let (status, _, page) = browser.get(&fin).await;
    assert!(status == 200 && page.contains("Vous êtes déconnecté(e)"), "{page}");
    assert_eq!(provider.told(None).await["requests"]["end_session"], 1);
    assert!(!browser.cookies.contains_key("_session"), "{:?}", browser.cookies);

    // Who came with a password has no other place to log out at.
    let david = world.alice.log_in(&address("david"), PASSWORD).await;
    assert_eq!(david.data(LOG_OUT, json!({})).await["sessionDelete"]["logoutUrl"], Value::Null);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_chief_above_comes_in_and_so_does_who_is_told_of_in_plain_json() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    // Élise heads the direction, and the provider says that she works at A, below.
    let elise = Browser::new(&server).log_in("elise").await;
    assert_eq!(exchange(&world, &elise.handed()).await["viewer"]["email"], address("elise"));
    // The other way round: David heads A, and works at the direction.
    let mut conn = world.conn().await;
    settle(&mut conn, A, None).await;
    settle(&mut conn, DIRECTION, Some(siret(A))).await;
    now(&world);
    let david = Browser::new(&server).log_in("david").await;
    assert_eq!(exchange(&world, &david.handed()).await["viewer"]["email"], address("david"));
    // As the specification allows, and ProConnect does not do.
    now(&world);
    provider.told(Some(json!({ "fault": "userinfo_unsigned" }))).await;
    let bruno = Browser::new(&server).log_in("bruno").await;
    assert_eq!(exchange(&world, &bruno.handed()).await["viewer"]["email"], address("bruno"));
    assert_eq!(provider.told(None).await["fault"], Value::Null);
    // Once the account is linked, the provider need not tell the address any more.
    now(&world);
    provider.told(Some(json!({ "fault": "email_missing" }))).await;
    let bruno = Browser::new(&server).log_in("bruno").await;
    assert_eq!(exchange(&world, &bruno.handed()).await["viewer"]["email"], address("bruno"));
    world.end_anyhow().await;
}

#[tokio::test]
async fn new_keys_are_fetched_when_a_token_needs_them_and_not_for_every_token() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut browser = Browser::new(&server);
    browser.log_in("bruno").await.handed();
    provider.told(Some(json!({ "rotate_keys": true, "fault": null }))).await;
    now(&world);
    Browser::new(&server).log_in("bruno").await.handed();
    let asked = provider.told(None).await["requests"].clone();
    assert_eq!((&asked["jwks"], &asked["discovery"]), (&json!(1), &Value::Null), "{asked}");
    // Whoever makes tokens with keys of their own does not make us ask again and again.
    for _ in 0..3 {
        now(&world);
        provider.told(Some(json!({ "fault": "unknown_kid" }))).await;
        assert_eq!(Browser::new(&server).log_in("bruno").await.status, 502);
        assert_eq!(provider.told(None).await["requests"]["jwks"], Value::Null);
    }
    // Nor do real new keys, for half a minute.
    provider.told(Some(json!({ "rotate_keys": true }))).await;
    now(&world);
    assert_eq!(Browser::new(&server).log_in("bruno").await.status, 502);
    world.clock.advance(TimeDelta::seconds(31));
    Browser::new(&server).log_in("bruno").await.handed();
    world.end_anyhow().await;
}

#[tokio::test]
async fn of_two_who_need_new_keys_together_one_asks_and_both_come_in() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    Browser::new(&server).log_in("bruno").await.handed();
    now(&world);
    let (mut one, mut other) = (Browser::new(&server), Browser::new(&server));
    let (to, and) = (one.leave().await.expect("away"), other.leave().await.expect("away"));
    let (back, too) = (one.at_provider(&to, "bruno").await, other.at_provider(&and, "david").await);
    provider.told(Some(json!({ "rotate_keys": true, "fault": null }))).await;
    let (first, second) = tokio::join!(one.come_back(&back), other.come_back(&too));
    first.handed();
    second.handed();
    assert_eq!(provider.told(None).await["requests"]["jwks"], 1);
    world.end_anyhow().await;
}

#[tokio::test]
async fn without_a_provider_there_is_nothing_there() {
    let world = world().await;
    for path in ["/connexion", "/connexion/retour?code=a&state=b", "/connexion/fin"] {
        assert_eq!(world.alice.get(path).await.0, 404, "{path}");
    }
    let refused = world.alice.refusals("sessionExchange", json!({ "code": "x" })).await;
    assert_eq!(refused, ["LOGIN_CODE_INVALID code"]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn log_ins_that_come_to_nothing_are_forgotten() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    Browser::new(&server).leave().await.expect("the way to the provider");
    Browser::new(&server).log_in("bruno").await.handed();
    let later = |minutes| world.clock.now() + TimeDelta::minutes(minutes);
    assert_eq!(purge::stale_log_ins(&mut conn, later(9)).await.unwrap(), 0);
    assert_eq!(purge::stale_log_ins(&mut conn, later(11)).await.unwrap(), 2);
    assert_eq!(purge::forget_log_ins(&mut conn, later(11), 100).await.unwrap(), 2);
    assert_eq!(purge::forget_log_ins(&mut conn, later(11), 100).await.unwrap(), 0);
    // Whoever begins takes some old ones away, too: a flood does not stay until the night.
    Browser::new(&server).leave().await.expect("the way to the provider");
    world.clock.advance(TimeDelta::minutes(11));
    Browser::new(&server).leave().await.expect("the way to the provider");
    assert_eq!(text(&mut conn, "select count(*)::text as text from login_attempt").await, "1");
    assert!(traces(&mut conn).await.starts_with("0 1 0 "), "the code is forgotten");
    world.end_anyhow().await;
}
