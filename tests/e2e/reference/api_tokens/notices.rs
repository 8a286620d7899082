//! The owner of a token hears that it will expire: a month, a week and a day before, once each.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::mailbox::Mail;
use tests::people::{A, address};
use tests::world::Plan;
use tests::{Client, World};

use super::{at, make, plan, renew, revoke, sql};

/// Lets the days pass up to an instant, and gives what somebody received meanwhile.
async fn until(world: &World, instant: &str, name: &str) -> Vec<Mail> {
    world.mailbox.empty();
    let to = at(instant);
    while world.clock.now() < to {
        world.later((to - world.clock.now()).min(TimeDelta::days(1))).await;
    }
    world.mailbox.to(&address(name))
}

/// What the ledger says about a token, as kind, stage and status.
async fn ledger(iris: &Client, token: &Value) -> Vec<String> {
    let query = "query($id: ID!) { mailTimeline(subject: $id) { kind stage status } }";
    let data = iris.data(query, json!({ "id": token["id"] })).await;
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let line = |entry: &Value| {
        [word(entry, "kind"), word(entry, "stage"), word(entry, "status")].join(" ")
    };
    data["mailTimeline"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn the_owner_is_told_a_month_a_week_and_a_day_before_and_each_once() {
    let world = World::with(plan()).await;
    let (david, iris) = (world.person("david").await, world.person("iris").await);
    // The last day is a Friday.
    let (program, kept) = make(&david, A, "READ", json!({ "expiresOn": "2026-03-13" })).await;
    for (day, subject) in [
        ("2026-02-10", None),
        ("2026-02-11", Some("Le jeton d'accès « Relevé » expire dans 30 jours")),
        ("2026-03-05", None),
        ("2026-03-06", Some("Le jeton d'accès « Relevé » expire dans 7 jours")),
        ("2026-03-11", None),
        ("2026-03-12", Some("Le jeton d'accès « Relevé » expire demain")),
        ("2026-03-20", None),
    ] {
        let told = until(&world, &format!("{day}T09:00:00Z"), "david").await;
        let subjects: Vec<&str> = told.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects, Vec::from_iter(subject), "{day}");
        assert_eq!(world.mailbox.all().len(), told.len(), "{day}: nobody else is told");
        for mail in told {
            assert_eq!(mail.auto_submitted, "auto-generated");
            for part in [&mail.text, &mail.html] {
                for said in [
                    "Relevé",
                    kept["prefix"].as_str().unwrap(),
                    "Agence de Montarcy",
                    "13 mars 2026",
                ] {
                    assert!(part.contains(said), "« {said} » is missing from: {part}");
                }
                assert!(!part.contains(program.token.as_deref().unwrap()), "{part}");
            }
        }
    }
    assert_eq!(
        ledger(&iris, &kept).await,
        ["API_TOKEN_EXPIRY MONTH SENT", "API_TOKEN_EXPIRY WEEK SENT", "API_TOKEN_EXPIRY DAY SENT"]
    );
    world.end().await;
}

#[tokio::test]
async fn no_notice_waits_for_monday_when_the_week_end_is_the_end() {
    let world = World::with(plan()).await;
    let david = world.person("david").await;
    // A Sunday.
    make(&david, A, "READ", json!({ "expiresOn": "2026-01-18" })).await;
    assert!(until(&world, "2026-01-15T09:00:00Z", "david").await.is_empty());
    let told = until(&world, "2026-01-16T09:00:00Z", "david").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].subject, "Le jeton d'accès « Relevé » expire dans 2 jours");
    assert!(until(&world, "2026-01-20T09:00:00Z", "david").await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn what_was_renewed_or_revoked_or_does_not_work_is_told_no_more() {
    let world = World::with(plan()).await;
    let (david, elise) = (world.person("david").await, world.person("elise").await);
    // Each would be told on Monday, 16 February: found on Saturday, it waits.
    let ends = json!({ "expiresOn": "2026-03-18" });
    let (_, renewed) = make(&david, A, "READ", ends.clone()).await;
    let (_, revoked) = make(&david, A, "READ", ends.clone()).await;
    let (_, kept) = make(&david, A, "READ", ends.clone()).await;
    make(&elise, A, "READ", ends).await;
    assert!(until(&world, "2026-02-14T09:00:00Z", "david").await.is_empty());
    renew(&david, &renewed, json!({})).await;
    revoke(&david, &revoked).await;
    sql(&world, "delete from account_role where account_id = (select id from account where email like 'elise@%')").await;
    let told = until(&world, "2026-02-16T09:00:00Z", "david").await;
    assert_eq!((told.len(), world.mailbox.all().len()), (1, 1), "{told:?}");
    assert!(told[0].text.contains(kept["prefix"].as_str().unwrap()), "{}", told[0].text);
    // The one that remains is renewed: neither it nor its follower is told of for a long time.
    renew(&david, &kept, json!({})).await;
    assert!(until(&world, "2026-04-01T09:00:00Z", "david").await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn who_is_renewed_by_somebody_else_hears_that_the_own_token_ends() {
    let world = World::with(plan()).await;
    let (david, elise) = (world.person("david").await, world.person("elise").await);
    let (_, his) = make(&david, A, "READ", json!({ "expiresOn": "2026-12-31" })).await;
    assert!(until(&world, "2026-02-02T09:00:00Z", "david").await.is_empty());
    let (_, hers) = renew(&elise, &his, json!({ "expiresOn": "2027-01-31" })).await;
    let told = until(&world, "2026-02-03T09:00:00Z", "david").await;
    assert_eq!(told.len(), 1, "{told:?}");
    for told in [&told[0].text, &told[0].html] {
        assert!(told.contains("Une autre personne l'a renouvelé"), "{told}");
    }
    // She has nothing to hear yet; when hers is gone, he may renew his, and hears no more.
    assert!(world.mailbox.to(&address("elise")).is_empty());
    revoke(&elise, &hers).await;
    renew(&david, &his, json!({ "expiresOn": "2026-12-31" })).await;
    assert!(until(&world, "2026-02-12T09:00:00Z", "david").await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn after_an_outage_only_the_most_urgent_notice_leaves() {
    let world = World::with(Plan { worker: false, ..plan() }).await;
    let david = world.person("david").await;
    make(&david, A, "READ", json!({ "expiresOn": "2026-03-13" })).await;
    world.clock.set(at("2026-03-12T09:00:00Z"));
    world.another_worker(&world.mailbox.as_mail()).await;
    world.later(TimeDelta::zero()).await;
    let told = world.mailbox.to(&address("david"));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].subject, "Le jeton d'accès « Relevé » expire demain");
    assert!(until(&world, "2026-03-16T09:00:00Z", "david").await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn the_sweep_has_a_dry_run_and_leaves_a_report() {
    let world = World::with(plan()).await;
    let (david, iris) = (world.person("david").await, world.person("iris").await);
    make(&david, A, "READ", json!({ "expiresOn": "2026-03-13" })).await;
    let sweep = async || {
        let query = "{ jobSchedules { name preview lastRun { report } } }";
        let all = iris.data(query, json!({})).await["jobSchedules"].clone();
        let all = all.as_array().unwrap().clone();
        all.into_iter().find(|one| one["name"] == "remind_api_tokens").unwrap()
    };
    assert!(until(&world, "2026-02-10T17:30:00Z", "david").await.is_empty());
    // In the evening it looks at the next morning.
    let found = sweep().await;
    assert_eq!(
        found["preview"],
        json!({ "day": "2026-02-11", "notices": 1, "capped": false,
            "first_notices": [{ "token": 1, "stage": "MONTH" }] })
    );
    assert_eq!(until(&world, "2026-02-11T09:00:00Z", "david").await.len(), 1);
    let done = sweep().await;
    assert_eq!(
        (&done["preview"]["notices"], &done["preview"]["day"]),
        (&json!(0), &json!("2026-02-11"))
    );
    assert_eq!(
        done["lastRun"]["report"],
        json!({ "day": "2026-02-11", "enqueued": 1, "capped": false })
    );
    world.end().await;
}
