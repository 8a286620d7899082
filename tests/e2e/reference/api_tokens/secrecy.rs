//! A token is shown once, to who made it, and to nobody else.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tests::people::A;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

use super::{ALL, ANYTHING, listed, make, renew, revoke, sql, text, world};

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_neither_kept_nor_logged() {
    let log = Log::default();
    let writer = {
        let log = log.clone();
        move || log.clone()
    };
    // Of one listener alone, what another test's thread says first is taken for what nobody listens to, for good.
    let _another = tracing_subscriber::registry().set_default();
    // The whole product of a test runs on the test's own thread.
    let _heard = tracing_subscriber::fmt()
        .with_env_filter("info,server=trace,schema=trace")
        .with_span_events(FmtSpan::NEW)
        .with_writer(writer)
        .finish()
        .set_default();
    let world = world().await;
    let david = world.person("david").await;
    let (program, kept) = make(&david, A, "READ", json!({})).await;
    let token = program.token.clone().unwrap();
    assert_eq!((token.len(), &token[..4]), (47, "spp_"));
    assert_eq!(kept["prefix"], token[..12]);
    assert_eq!(
        (&kept["name"], &kept["access"], &kept["state"], &kept["structure"]["code"]),
        (&json!("Relevé"), &json!("READ"), &json!("ACTIVE"), &json!(A))
    );
    assert_eq!(
        (&kept["createdAt"], &kept["expiresAt"]),
        // Without a day, a year: to the end of that day in Paris.
        (&json!("2026-01-12T08:00:00+00:00"), &json!("2027-01-12T23:00:00+00:00"))
    );
    assert_eq!((&kept["lastUsedAt"], &kept["revokedAt"]), (&json!(null), &json!(null)));
    assert_eq!(kept["owner"]["displayName"], "David Responsable");

    // Used, listed, renewed, revoked, and wrong by a letter.
    program.data(ANYTHING, json!({})).await;
    let (renewed, _) = renew(&david, &kept, json!({})).await;
    revoke(&david, &kept).await;
    let wrong = format!("{}{}", &token[..46], if token.ends_with('A') { 'B' } else { 'A' });
    assert_eq!(david.with_token(&wrong).error(ANYTHING, json!({})).await, "UNAUTHENTICATED");
    let secrets = [&token[12..], &renewed.token.as_deref().unwrap()[12..]];
    let told = format!("{:?}", listed(&david, json!({})).await);
    let node = format!("query($id: ID!) {{ node(id: $id) {{ ...all }} }} {ALL}");
    let told = told + &david.data(&node, json!({ "id": kept["id"] })).await.to_string();
    let tables = text(
        &world,
        "select string_agg(table_name::text, ' ') as text from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    .await;
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("graphql"), "nothing was logged: {logged}");
    assert!(tables.contains("api_token"));
    for secret in secrets {
        assert!(!told.contains(secret), "{told}");
        assert!(!logged.contains(secret), "it was logged");
        for table in tables.split(' ') {
            let holding = format!(
                "select count(*)::text as text from \"{table}\" t where strpos(t::text, '{secret}') > 0"
            );
            assert_eq!(text(&world, &holding).await, "0", "{table} holds it in clear");
        }
    }
    // What is there is a hash that leads nowhere.
    sql(&world, "update api_token set token_hash = sha256(token_hash)").await;
    assert_eq!(renewed.error(ANYTHING, json!({})).await, "UNAUTHENTICATED");
    world.end_anyhow().await;
}
