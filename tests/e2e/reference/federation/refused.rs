//! What the provider, or somebody in its name, may do wrong: each ends with a page that says no, and leaves nothing.

use std::time::Duration;

use serde_json::{Value, json};
use server::federation::FederationSettings;

use super::{Browser, Provider, now, traces, world};

const FAILED: (u16, &str) = (502, "LOGIN_PROVIDER_FAILED");

/// Every way to misbehave that shows once somebody is back, and what the person is told.
const FAULTS: &[(&str, (u16, &str))] = &[
    ("wrong_nonce", FAILED),
    ("missing_nonce", FAILED),
    ("other_audience", FAILED),
    ("two_audiences_without_azp", FAILED),
    ("two_audiences_other_azp", FAILED),
    ("other_issuer", FAILED),
    ("expired", FAILED),
    ("issued_in_future", FAILED),
    ("no_expiry", FAILED),
    ("no_sub", FAILED),
    ("empty_sub", FAILED),
    ("other_acr", (403, "LOGIN_ASSURANCE_TOO_LOW")),
    ("wrong_at_hash", FAILED),
    ("alg_none", FAILED),
    ("alg_hs256_with_client_secret", FAILED),
    ("alg_hs256_with_public_key", FAILED),
    ("signed_with_unknown_key", FAILED),
    ("unknown_kid", FAILED),
    ("bad_signature", FAILED),
    ("truncated_id_token", FAILED),
    ("no_id_token", FAILED),
    ("userinfo_other_sub", FAILED),
    ("userinfo_other_issuer", FAILED),
    ("userinfo_other_audience", FAILED),
    ("userinfo_other_issuer_or_audience", FAILED),
    ("userinfo_expired", FAILED),
    ("userinfo_alg_none", FAILED),
    ("userinfo_bad_signature", FAILED),
    ("userinfo_signed_with_unknown_key", FAILED),
    ("userinfo_500", FAILED),
    ("userinfo_slow", FAILED),
    ("no_siret", (403, "LOGIN_NO_ESTABLISHMENT")),
    ("malformed_siret", (403, "LOGIN_NO_ESTABLISHMENT")),
    ("email_missing", (403, "LOGIN_PERSON_UNKNOWN")),
    ("wrong_state", (403, "LOGIN_ATTEMPT_UNKNOWN")),
    ("missing_state", (403, "LOGIN_ATTEMPT_UNKNOWN")),
    ("no_code", FAILED),
    ("other_iss", FAILED),
    ("access_denied", (403, "LOGIN_GIVEN_UP")),
    ("token_endpoint_500", FAILED),
    ("token_endpoint_slow", FAILED),
    ("token_endpoint_html", FAILED),
    ("token_endpoint_huge", FAILED),
    ("redirect_from_token_endpoint", FAILED),
];

/// Those that show before, because the server asks for what the provider published: each meets a new server.
const UNPUBLISHED: &[&str] =
    &["discovery_unavailable", "discovery_other_issuer", "jwks_unavailable", "jwks_empty"];

#[tokio::test]
async fn whatever_the_provider_does_wrong_nobody_comes_in_and_nothing_is_left() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let hurried = FederationSettings { time_limit: Duration::from_secs(4), ..provider.settings() };
    let hurried = world.server_with(|config| config.federation = Some(hurried)).await;
    // It has read what the provider publishes before anything is slow.
    now(&world);
    assert_eq!(Browser::new(&hurried).log_in("jonas").await.status, 403);
    let mut conn = world.conn().await;
    let before = traces(&mut conn).await;
    for (fault, (status, code)) in FAULTS {
        let server = if fault.ends_with("_slow") { &hurried } else { &server };
        now(&world);
        provider.told(Some(json!({ "fault": fault }))).await;
        let landing = Browser::new(server).log_in("bruno").await;
        let told = provider.told(None).await;
        assert_eq!(told["fault"], Value::Null, "{fault}: the provider had its chance");
        assert_eq!((landing.status, landing.refusal()), (*status, *code), "{fault}");
        assert_eq!(
            told["requests"]["elsewhere"],
            Value::Null,
            "{fault}: redirects are not followed"
        );
        assert_eq!(traces(&mut conn).await, before, "{fault}");
        // The page says where to look, and nothing of what is inside.
        assert!(landing.page.contains("Référence à communiquer"), "{fault}: {}", landing.page);
        for inside in ["sub-of-bruno", "nonce", "signature", "eyJ", "127.0.0.1", "on purpose"] {
            assert!(!landing.page.contains(inside), "{fault}: {inside}: {}", landing.page);
        }
    }
    // Every fault there is was met.
    let mut known: Vec<&str> = FAULTS.iter().map(|(fault, _)| *fault).collect();
    known.extend(UNPUBLISHED);
    known.push("userinfo_unsigned");
    let told = provider.told(None).await;
    for fault in told["faults"].as_array().unwrap() {
        assert!(known.contains(&fault.as_str().unwrap()), "{fault} is tested nowhere");
    }
    // After all that, who behaves is welcome.
    now(&world);
    provider.told(Some(json!({ "fault": null }))).await;
    Browser::new(&server).log_in("bruno").await.handed();
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_provider_that_publishes_wrongly_gets_nobody_sent_to_it() {
    let (world, provider) = (world().await, Provider::start().await);
    let mut conn = world.conn().await;
    for fault in UNPUBLISHED {
        let before = traces(&mut conn).await;
        let server =
            world.server_with(|config| config.federation = Some(provider.settings())).await;
        now(&world);
        // Keys are asked for again when they do not fit.
        provider.told(Some(json!({ "fault": fault, "times": 10 }))).await;
        let landing = Browser::new(&server).log_in("bruno").await;
        assert_eq!((landing.status, landing.refusal()), FAILED, "{fault}");
        assert_eq!(traces(&mut conn).await, before, "{fault}");
        // What went wrong once is not kept: half a minute later all is well.
        provider.told(Some(json!({ "fault": null }))).await;
        world.clock.advance(chrono::TimeDelta::seconds(31));
        Browser::new(&server).log_in("elise").await.handed();
    }
    let mut nobody = provider.settings();
    nobody.issuer = "http://127.0.0.1:9/api/v2".into();
    let server = world.server_with(|config| config.federation = Some(nobody)).await;
    let landing = Browser::new(&server).log_in("bruno").await;
    assert_eq!((landing.status, landing.refusal()), FAILED, "nobody is there");
    world.end_anyhow().await;
}

/// Everybody who tries to log in while the provider is down would else ask it once more, and wait for it.
#[tokio::test]
async fn a_provider_that_could_not_be_found_is_left_alone_for_a_moment() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let attempt = async || {
        let landing = Browser::new(&server).log_in("bruno").await;
        (landing.status, landing.refusal().to_owned())
    };
    let asked = async || provider.told(None).await["requests"]["discovery"].clone();
    let failed = (FAILED.0, FAILED.1.to_owned());
    now(&world);
    provider.told(Some(json!({ "fault": "discovery_unavailable", "times": 10 }))).await;
    for _ in 0..3 {
        assert_eq!(attempt().await, failed);
    }
    assert_eq!(asked().await, 1, "once for all three");
    // It is well again, and nobody knows yet.
    provider.told(Some(json!({ "fault": null }))).await;
    world.clock.advance(chrono::TimeDelta::seconds(9));
    assert_eq!(attempt().await, failed);
    assert_eq!(asked().await, Value::Null);
    world.clock.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(attempt().await.0, 303);
    assert_eq!(asked().await, 1);
    world.end_anyhow().await;
}
