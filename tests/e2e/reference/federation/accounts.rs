//! Which account a person is, and who stays outside.

use schema::reference::federation::Denial;
use serde_json::json;
use tests::people::{A, C, DIRECTION, address};
use tests::process::until;

use super::{Browser, Provider, exchange, now, settle, siret, sql, text, traces, world};

#[tokio::test]
async fn rights_are_given_by_people_and_not_by_an_address() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    sql(
        &mut conn,
        &format!("update account set disabled_at = now() where email = '{}'", address("david")),
    )
    .await;
    let before = traces(&mut conn).await;
    for (name, code) in [
        ("nora", "LOGIN_PERSON_UNKNOWN"),
        ("david", "LOGIN_ACCOUNT_CLOSED"),
        // She works at A, says the provider; her rights are at B, beside it.
        ("chloe", "LOGIN_PERSON_MOVED"),
        // He works where we know of nothing.
        ("jonas", "LOGIN_PERSON_MOVED"),
        // Her rights hold everywhere: an address is not enough for them.
        ("gaelle", "LOGIN_PLACE_MISSING"),
    ] {
        now(&world);
        let landing = Browser::new(&server).log_in(name).await;
        assert_eq!((landing.status, landing.refusal()), (403, code), "{name}");
        assert_eq!(traces(&mut conn).await, before, "{name}");
    }
    // Nor does a role where she works make it enough: the others would come with it.
    sql(&mut conn, &format!("insert into account_role (account_id, role, structure_id)
        select a.id, 'AGENT', s.id from account a, structure s where a.email = '{}' and s.code = '{A}'", address("gaelle"))).await;
    now(&world);
    let landing = Browser::new(&server).log_in("gaelle").await;
    assert_eq!((landing.status, landing.refusal()), (403, "LOGIN_PLACE_MISSING"));
    assert_eq!(traces(&mut conn).await, before);
    world.end_anyhow().await;
}

#[tokio::test]
async fn whoever_has_moved_or_become_somebody_else_waits_for_a_review() {
    let (world, provider) = (world().await, Provider::start().await);
    let server = world.server_with(|config| config.federation = Some(provider.settings())).await;
    let mut conn = world.conn().await;
    let again = async || {
        now(&world);
        let landing = Browser::new(&server).log_in("bruno").await;
        (landing.status, landing.refusal().to_owned())
    };
    assert_eq!(again().await.0, 303);
    let moved = (403, "LOGIN_PERSON_MOVED".to_owned());
    // The establishment that the provider names is now another structure, or none, or the one above.
    settle(&mut conn, A, None).await;
    assert_eq!(again().await, moved);
    settle(&mut conn, C, Some(siret(A))).await;
    assert_eq!(again().await, moved);
    settle(&mut conn, C, None).await;
    settle(&mut conn, DIRECTION, Some(siret(A))).await;
    assert_eq!(again().await.0, 303);
    // The same address, another subject: another identity provider of the person, or another person.
    sql(&mut conn, "update account_identity set subject = 'another'").await;
    assert_eq!(again().await, (403, "LOGIN_OTHER_IDENTITY".to_owned()));
    sql(&mut conn, "update account_identity set subject = 'sub-of-bruno'").await;
    sql(&mut conn, "update account set disabled_at = now() where email like 'bruno%'").await;
    assert_eq!(again().await, (403, "LOGIN_ACCOUNT_CLOSED".to_owned()));
    world.end_anyhow().await;
}

#[tokio::test]
async fn accounts_are_opened_when_operators_want_it_with_the_least_rights() {
    let (world, provider) = (world().await, Provider::start().await);
    let mut settings = provider.settings();
    settings.open_accounts = true;
    let server = world.server_with(|config| config.federation = Some(settings)).await;
    let mut conn = world.conn().await;
    let nora = Browser::new(&server).log_in("nora").await;
    let viewer = exchange(&world, &nora.handed()).await["viewer"].clone();
    let expected = json!({ "email": address("nora"), "displayName": "nora Nouvelle",
        "roles": [{ "role": "AGENT", "structure": { "code": A } }] });
    assert_eq!(viewer, expected);
    let trail = "select string_agg(action, ' ' order by id) as text from audit_entry";
    assert_eq!(
        text(&mut conn, trail).await,
        "account.open role.grant.AGENT identity.link session.create"
    );
    // The same person again: the same account. Others who are refused stay refused.
    now(&world);
    Browser::new(&server).log_in("nora").await.handed();
    let before = traces(&mut conn).await;
    for name in ["chloe", "jonas"] {
        now(&world);
        assert_eq!(Browser::new(&server).log_in(name).await.status, 403, "{name}");
    }
    // A structure that is no more takes nobody in.
    sql(&mut conn, "delete from account_identity").await;
    sql(
        &mut conn,
        &format!("update account set email = 'x' || email where email = '{}'", address("nora")),
    )
    .await;
    sql(
        &mut conn,
        &format!("update structure set closed_on = current_date - 1 where code = '{A}'"),
    )
    .await;
    now(&world);
    assert_eq!(Browser::new(&server).log_in("nora").await.refusal(), "LOGIN_PERSON_UNKNOWN");
    assert_eq!(
        before.split(' ').nth(3),
        traces(&mut conn).await.split(' ').nth(3),
        "no account more"
    );
    world.end_anyhow().await;
}

/// Somebody who was never here, in two tabs: both look before either writes.
#[tokio::test]
async fn two_first_log_ins_at_once_are_one_person() {
    let (world, provider) = (world().await, Provider::start().await);
    let mut settings = provider.settings();
    settings.open_accounts = true;
    let server = world.server_with(|config| config.federation = Some(settings)).await;
    let (mut conn, mut watcher) = (world.conn().await, world.conn().await);
    // Nora gets an account; Bruno has one, and is linked to it.
    for (name, table) in [("nora", "account"), ("bruno", "account_identity")] {
        now(&world);
        let (mut first, mut second) = (Browser::new(&server), Browser::new(&server));
        let mut backs = Vec::new();
        for tab in [&mut first, &mut second] {
            let away = tab.leave().await.expect("the way to the provider");
            backs.push(tab.at_provider(&away, name).await);
        }
        sql(&mut conn, "begin").await;
        sql(&mut conn, &format!("lock table {table} in share mode")).await;
        let let_go = async {
            let waiting = "select count(*)::text as text from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'";
            until("both wait to write", 20, async || text(&mut watcher, waiting).await == "2")
                .await;
            sql(&mut conn, "commit").await;
        };
        let (one, other, ()) =
            tokio::join!(first.come_back(&backs[0]), second.come_back(&backs[1]), let_go);
        for landing in [one, other] {
            let viewer = exchange(&world, &landing.handed()).await["viewer"].clone();
            assert_eq!(viewer["email"], address(name));
        }
    }
    let trail = "select string_agg(action, ' ' order by id) as text from audit_entry";
    assert_eq!(
        text(&mut conn, trail).await,
        "account.open role.grant.AGENT identity.link session.create session.create \
         identity.link session.create session.create"
    );
    assert_eq!(text(&mut conn, "select count(*)::text as text from account_identity").await, "2");
    world.end_anyhow().await;
}

#[test]
fn every_reason_is_documented() {
    let path = format!("{}/../docs/errors.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    for denial in Denial::ALL {
        assert!(text.contains(&format!("| 403 | `{}` |", denial.code())), "{denial:?}");
        assert!(denial.message().ends_with('.'), "{denial:?}");
    }
    for other in ["LOGIN_RETURN_UNKNOWN", "LOGIN_PROVIDER_FAILED", "LOGIN_CODE_INVALID"] {
        assert!(text.contains(other), "{other}");
    }
}
