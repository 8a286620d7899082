//! From the making of a token to its end.

use chrono::TimeDelta;
use serde_json::json;
use tests::people::A;
use tests::{Client, World};

use super::{ANYTHING, at, is_let_in, listed, make, mutation, plan, renew, revoke, seen, world};

#[tokio::test]
async fn a_token_works_to_the_end_of_its_last_day_in_paris() {
    let world = world().await;
    let david = world.person("david").await;
    let (program, kept) = make(&david, A, "READ", json!({ "expiresOn": "2026-01-13" })).await;
    world.clock.set(at("2026-01-13T23:00:00Z") - TimeDelta::microseconds(1));
    assert!(is_let_in(&program).await);
    assert_eq!(seen(&david, &kept).await["state"], "ACTIVE");
    world.clock.set(at("2026-01-13T23:00:00Z"));
    assert!(!is_let_in(&program).await);
    assert_eq!(seen(&david, &kept).await["state"], "EXPIRED");
    assert_eq!(
        david.refusals("apiTokenRevoke", json!({ "id": kept["id"] })).await,
        ["TOKEN_STATE id"]
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn every_fault_of_the_input_is_told_at_once() {
    let world = world().await;
    let david = world.person("david").await;
    let input = |name: &str, structure: &str, day: &str| {
        let input =
            json!({ "name": name, "structure": structure, "access": "READ", "expiresOn": day });
        david.refusals("apiTokenCreate", input)
    };
    assert_eq!(
        input(" ", "INCONNUE1", "2026-01-11").await,
        ["UNKNOWN_STRUCTURE structure", "EMPTY_TEXT name", "TOKEN_EXPIRY expiresOn"]
    );
    assert_eq!(input(&"é".repeat(101), A, "2026-01-12").await, ["TEXT_TOO_LONG name"]);
    assert_eq!(input("x", A, "2027-01-14").await, ["TOKEN_EXPIRY expiresOn"]);
    assert!(input("x", A, "2027-01-13").await.is_empty(), "366 days");
    assert!(input("x", A, "2026-01-12").await.is_empty(), "today");
    assert_eq!(listed(&david, json!({})).await.len(), 2);
    let absent = json!({ "input": { "id": "QXBpVG9rZW46OTk5" } });
    assert_eq!(david.error(&mutation("Revoke"), absent.clone()).await, "NOT_FOUND");
    assert_eq!(david.error(&mutation("Renew"), absent).await, "NOT_FOUND");
    world.end_anyhow().await;
}

#[tokio::test]
async fn revoking_ends_a_token_at_once_on_every_server() {
    let world = world().await;
    let david = world.person("david").await;
    let (program, kept) = make(&david, A, "READ_WRITE", json!({})).await;
    let elsewhere =
        Client::new(&world.another_server().await).with_token(program.token.as_deref().unwrap());
    assert!(is_let_in(&elsewhere).await);
    let revoked = revoke(&david, &kept).await;
    assert_eq!(
        (&revoked["state"], &revoked["revokedAt"]),
        (&json!("REVOKED"), &json!("2026-01-12T08:00:00+00:00"))
    );
    assert!(!is_let_in(&program).await && !is_let_in(&elsewhere).await);
    for again in ["apiTokenRevoke", "apiTokenRenew"] {
        let id = json!({ "id": kept["id"] });
        assert_eq!(david.refusals(again, id).await, ["TOKEN_STATE id"], "{again}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_renewal_keeps_the_settings_and_both_work_for_a_week() {
    let world = world().await;
    let (david, elise) = (world.person("david").await, world.person("elise").await);
    let (old, of_old) = make(&david, A, "READ_WRITE", json!({ "name": "Caisse" })).await;
    let (new, of_new) = renew(&elise, &of_old, json!({ "expiresOn": "2026-12-31" })).await;
    for kept in ["name", "access", "structure"] {
        assert_eq!(of_new[kept], of_old[kept], "{kept}");
    }
    assert_eq!(of_new["expiresAt"], "2026-12-31T23:00:00+00:00");
    assert_ne!(old.token, new.token);
    // Whoever reads the secret answers for it.
    assert_eq!(of_new["owner"]["displayName"], "Élise Directrice");
    assert_eq!(seen(&david, &of_old).await["expiresAt"], "2026-01-19T08:00:00+00:00");
    let again = json!({ "id": of_old["id"] });
    assert_eq!(david.refusals("apiTokenRenew", again).await, ["TOKEN_STATE id"], "once");
    world.clock.advance(TimeDelta::days(7) - TimeDelta::microseconds(1));
    assert!(is_let_in(&old).await && is_let_in(&new).await);
    world.clock.advance(TimeDelta::microseconds(1));
    assert!(!is_let_in(&old).await && is_let_in(&new).await);

    // One that ends sooner is not prolonged, and one that has ended can be renewed.
    let (_, short) = make(&david, A, "READ", json!({ "expiresOn": "2026-01-20" })).await;
    renew(&david, &short, json!({})).await;
    assert_eq!(seen(&david, &short).await["expiresAt"], short["expiresAt"]);
    let (_, ended) = make(&david, A, "READ", json!({ "expiresOn": "2026-01-20" })).await;
    world.clock.advance(TimeDelta::days(10));
    let (back, _) = renew(&david, &ended, json!({})).await;
    assert!(is_let_in(&back).await);
    assert_eq!(seen(&david, &ended).await["state"], "EXPIRED");
    let too_long = json!({ "id": of_new["id"], "expiresOn": "2099-01-01" });
    assert_eq!(david.refusals("apiTokenRenew", too_long).await, ["TOKEN_EXPIRY expiresOn"]);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_renewal_that_was_revoked_counts_no_more() {
    let world = world().await;
    let (david, elise) = (world.person("david").await, world.person("elise").await);
    let (_, old) = make(&david, A, "READ", json!({})).await;
    let (_, hers) = renew(&elise, &old, json!({})).await;
    let again = json!({ "id": old["id"] });
    assert_eq!(david.refusals("apiTokenRenew", again).await, ["TOKEN_STATE id"]);
    revoke(&elise, &hers).await;
    let (program, _) = renew(&david, &old, json!({})).await;
    assert!(is_let_in(&program).await);
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_last_use_is_written_once_a_minute() {
    let world = world().await;
    let david = world.person("david").await;
    let (program, kept) = make(&david, A, "READ", json!({})).await;
    for (later, expected) in [
        (0, "2026-01-12T08:00:00+00:00"),
        (59, "2026-01-12T08:00:00+00:00"),
        (1, "2026-01-12T08:01:00+00:00"),
        (30, "2026-01-12T08:01:00+00:00"),
    ] {
        world.clock.advance(TimeDelta::seconds(later));
        program.data(ANYTHING, json!({})).await;
        assert_eq!(seen(&david, &kept).await["lastUsedAt"], expected, "{later}");
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_token_is_forgotten_a_year_after_its_end() {
    let world = World::with(plan()).await;
    let david = world.person("david").await;
    let (_, revoked) = make(&david, A, "READ", json!({})).await;
    revoke(&david, &revoked).await;
    let (_, old) = make(&david, A, "READ", json!({ "expiresOn": "2026-02-01" })).await;
    renew(&david, &old, json!({})).await;
    let left = async || listed(&david, json!({})).await.len();
    // Each step ends with a night's purge.
    world.later(at("2027-01-12T03:00:00Z") - world.clock.now()).await;
    assert_eq!(left().await, 3);
    world.later(TimeDelta::days(1)).await;
    assert_eq!(left().await, 2, "the one that was revoked is gone");
    world.later(at("2027-01-20T03:00:00Z") - world.clock.now()).await;
    assert_eq!(left().await, 1, "the one that was renewed is gone, the new one is not");
    world.end().await;
}
