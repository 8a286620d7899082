//! What somebody with a browser, or with somebody else's addresses, may try.

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Url;
use serde_json::json;
use tests::people::address;

use super::{Browser, FRONT, Provider, exchange, now, sql, text, traces, world};

const UNKNOWN: (u16, &str) = (403, "LOGIN_ATTEMPT_UNKNOWN");

#[tokio::test]
async fn an_answer_is_good_once_in_time_and_in_the_browser_that_asked() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    let mut bruno = Browser::new(&server);
    let away = bruno.leave().await.expect("the way to the provider");
    let back = bruno.at_provider(&away, "bruno").await;
    let before = traces(&mut conn).await;

    // Somebody else has the address: without the cookie, with another one, with one of another log-in.
    let mut others = [Browser::new(&server), Browser::new(&server), Browser::new(&server)];
    others[1].cookies.insert("spp_connexion".into(), "x".repeat(43));
    others[2].leave().await.expect("the way to the provider");
    for other in &mut others {
        let landing = other.come_back(&back).await;
        assert_eq!((landing.status, landing.refusal()), UNKNOWN);
    }
    assert_eq!(traces(&mut conn).await, before);

    // It still serves who asked, and nobody twice.
    let mut twice = bruno.clone();
    let landing = bruno.come_back(&back).await;
    landing.handed();
    let after = traces(&mut conn).await;
    let landing = twice.come_back(&back).await;
    assert_eq!((landing.status, landing.refusal()), UNKNOWN, "the same address again");
    let landing = bruno.come_back(&back).await;
    assert_eq!((landing.status, landing.refusal()), UNKNOWN, "and without the cookie");
    assert_eq!(traces(&mut conn).await, after);

    // Too late.
    now(&world);
    let mut late = Browser::new(&server);
    let away = late.leave().await.expect("the way to the provider");
    let back = late.at_provider(&away, "bruno").await;
    world.clock.advance(TimeDelta::minutes(11));
    let landing = late.come_back(&back).await;
    assert_eq!((landing.status, landing.refusal()), UNKNOWN);
    assert_eq!(traces(&mut conn).await, after);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_stolen_code_of_the_provider_serves_no_other_log_in() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    let code = |back: &str| {
        let back = Url::parse(back).expect("an address");
        back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
    };
    let mut bruno = Browser::new(&server);
    let away = bruno.leave().await.expect("the way to the provider");
    let stolen = code(&bruno.at_provider(&away, "bruno").await);
    // A thief begins a log-in of their own and slips the code in, before its owner could use it.
    let mut thief = Browser::new(&server);
    let away = thief.leave().await.expect("the way to the provider");
    let back = thief.at_provider(&away, "chloe").await;
    let before = traces(&mut conn).await;
    let landing = thief.come_back(&back.replace(&code(&back), &stolen)).await;
    assert_eq!((landing.status, landing.refusal()), (502, "LOGIN_PROVIDER_FAILED"), "PKCE");
    assert_eq!(traces(&mut conn).await, before);
    // What no browser of ours sends: parameters twice, too much of one, other letters.
    for query in [
        String::new(),
        "code=a&code=b&state=c&state=d".into(),
        format!("code=a&state={}", "x".repeat(5000)),
        "code=%01&state=%01".into(),
        "error=%3Cscript%3E".into(),
    ] {
        let landing = thief.come_back(&format!("{server}/connexion/retour?{query}")).await;
        assert_eq!((landing.status, landing.refusal()), UNKNOWN, "{query:.40}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn nobody_is_sent_where_operators_do_not_want_it() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    let mut browser = Browser::new(&server);
    for bad in [
        "",
        "/entree",
        "//front.exemple.test/entree",
        "http://front.exemple.test/entree",
        "https://front.exemple.test/",
        "https://front.exemple.test/entree/../autre",
        "https://front.exemple.test.evil.test/entree",
        "https://front.exemple.test@evil.test/entree",
        "https://front.exemple.test/entree#x",
        // It would stand beside ours.
        "https://front.exemple.test/entree?etat=mien&code=mien",
        "javascript:alert(1)",
    ] {
        let address = Url::parse_with_params(&format!("{server}/connexion"), [("retour", bad)]);
        let (status, location, page) = browser.get(address.unwrap().as_str()).await;
        assert_eq!((status, location), (400, None), "{bad}");
        assert!(page.contains("LOGIN_RETURN_UNKNOWN"), "{bad}: {page}");
    }
    let (status, location, _) = browser.get(&format!("{server}/connexion")).await;
    assert_eq!((status, location), (400, None));
    let attempts = "select count(*)::text as text from login_attempt";
    assert_eq!(text(&mut conn, attempts).await, "0");
    assert!(browser.cookies.is_empty());
    // The cookie is for this log-in only, and no script reads it.
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let address = format!("{server}/connexion?retour={FRONT}");
    let answer = plain.build().unwrap().get(address).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    for attribute in ["Path=/connexion", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_code_for_the_front_end_is_good_once_for_a_minute_and_for_an_open_account() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    let code = async || {
        now(&world);
        Browser::new(&server).log_in("bruno").await.handed()
    };
    let invalid = json!([{ "code": "LOGIN_CODE_INVALID", "path": ["code"] }]);

    let first = code().await;
    let all = join_all((0..5).map(|_| exchange(&world, &first))).await;
    let tokens = all.iter().filter(|one| one["token"].is_string()).count();
    assert_eq!(tokens, 1, "{all:?}");
    let refused = all.iter().filter(|one| one["userErrors"] == invalid).count();
    assert_eq!(refused, 4, "{all:?}");
    assert_eq!(exchange(&world, &first).await["userErrors"], invalid);

    let second = code().await;
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(exchange(&world, &second).await["userErrors"], invalid, "a minute is over");
    let third = code().await;
    world.clock.advance(TimeDelta::seconds(59));
    assert!(exchange(&world, &third).await["token"].is_string(), "a minute is not over");

    let fourth = code().await;
    let close =
        format!("update account set disabled_at = now() where email = '{}'", address("bruno"));
    sql(&mut conn, &close).await;
    assert_eq!(exchange(&world, &fourth).await["userErrors"], invalid, "closed meanwhile");
    for strange in [String::new(), "x".into(), "x".repeat(100_000)] {
        assert_eq!(exchange(&world, &strange).await["userErrors"], invalid);
    }
    let sessions = "select count(*)::text as text from session";
    assert_eq!(text(&mut conn, sessions).await, "2");
    world.end_anyhow().await;
}
