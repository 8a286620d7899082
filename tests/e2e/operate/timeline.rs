//! `mailTimeline`: why a message was sent, waits, was left out or failed.

use chrono::TimeDelta;
use schema::operate::job::{JobKind, JobState};
use serde_json::{Value, json};
use tests::World;
use tests::people::{A, address};
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use super::{acknowledge, jobs_of, publish, register, tell, telling, timeline};

async fn with_mail_server(smtp: &Smtp) -> World {
    World::with(Plan { mail: Some(smtp.url()), ..Plan::default() }).await
}

fn told(entry: &Value) -> &str {
    entry["reason"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn an_alert_waits_for_monday_and_then_leaves() {
    // Friday 19 h in Paris.
    let start = "2026-01-16T18:00:00Z".parse().unwrap();
    let world = World::with(Plan { start, ..Plan::default() }).await;
    let (gaelle, iris) = (world.person("gaelle").await, world.person("iris").await);
    let id = tell(&world, telling(A, "Le vendredi soir")).await;
    publish(&gaelle, &id).await;
    world.later(TimeDelta::minutes(6)).await;
    let waiting = timeline(&iris, &id).await;
    assert_eq!(waiting.len(), 2, "david and elise: {waiting:?}");
    for entry in &waiting {
        assert_eq!(
            (&entry["status"], &entry["attempts"], &entry["sentAt"]),
            (&json!("PREPARED"), &json!(0), &json!(null))
        );
        assert_eq!(told(entry), "Attend les heures ouvrées : 19 janvier 2026, 8 h.");
        assert_eq!(entry["stage"], "TESTIMONY PUBLISHED");
        // References only: whoever reads the ledger learns no address.
        assert!(entry["recipient"].as_str().unwrap().starts_with("account:"), "{entry}");
    }
    world.clock.set("2026-01-19T07:00:00Z".parse().unwrap());
    world.later(TimeDelta::zero()).await;
    let iris = world.person("iris").await;
    let sent = timeline(&iris, &id).await;
    for (before, after) in waiting.iter().zip(&sent) {
        assert_eq!(
            (&after["status"], &after["reason"], &after["attempts"]),
            (&json!("SENT"), &json!(null), &json!(1))
        );
        assert_eq!(after["messageId"], before["messageId"]);
        assert_eq!(after["sentAt"].as_str().unwrap()[..19], *"2026-01-19T07:00:00");
    }
    // The ledger's identity is the one that travelled.
    let ids: Vec<String> =
        world.mailbox.all().iter().map(|mail| format!("<{}>", mail.message_id)).collect();
    assert!(
        ids.len() == 2
            && sent
                .iter()
                .all(|entry| ids.contains(&entry["messageId"].as_str().unwrap().to_owned())),
        "{ids:?}"
    );
    world.end().await;
}

#[tokio::test]
async fn a_reminder_is_left_out_when_the_answer_came_first() {
    let smtp = Smtp::start(Behaviour::Later).await;
    let world = with_mail_server(&smtp).await;
    let bruno = world.person("bruno").await;
    let letter = register(&world, &bruno, 10, json!({})).await;
    world.later(TimeDelta::hours(23) + TimeDelta::minutes(30)).await;
    let (bruno, iris) = (world.person("bruno").await, world.person("iris").await);
    let entries = timeline(&iris, &letter).await;
    assert_eq!(entries.len(), 2, "david and elise: {entries:?}");
    for entry in &entries {
        assert_eq!((&entry["status"], &entry["sentAt"]), (&json!("PREPARED"), &json!(null)));
        assert!(told(entry).contains("450"), "{entry}");
        assert_eq!(entry["stage"], "BEFORE_LIMIT 2026-01-16");
    }

    // bruno answers before the next try: nobody is told of a letter that has its answer.
    let answer = json!({ "id": letter, "answeredOn": world.clock.today(), "nature": "ACCEPTANCE" });
    let refusals = bruno.refusals("writtenRequestAnswer", answer).await;
    assert!(refusals.is_empty(), "{refusals:?}");
    smtp.behave(Behaviour::Accept);
    world.later(TimeDelta::minutes(1)).await;
    for entry in timeline(&iris, &letter).await {
        assert_eq!(
            (&entry["status"], told(&entry)),
            (&json!("SKIPPED"), "Plus rien à dire au moment de l'envoi.")
        );
    }
    assert_eq!((smtp.mails().len(), smtp.messages_read()), (0, 0));
    world.end().await;
}

#[tokio::test]
async fn one_identity_from_the_first_try_to_the_last_whoever_retries() {
    let smtp = Smtp::start(Behaviour::Never).await;
    let world = with_mail_server(&smtp).await;
    let (bruno, iris) = (world.person("bruno").await, world.person("iris").await);
    let mut conn = world.conn().await;
    let (first, second) = (acknowledge(&world, &bruno).await, acknowledge(&world, &bruno).await);
    world.settle().await;
    let mut identities = vec![];
    for subject in [&first, &second] {
        let entries = timeline(&iris, subject).await;
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0]["status"], "FAILED");
        assert!(told(&entries[0]).contains("550"), "{entries:?}");
        identities.push(entries[0]["messageId"].as_str().unwrap().to_owned());
    }
    assert_ne!(identities[0], identities[1], "one key, one identity");
    let jobs = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await;
    assert!(jobs.iter().all(|job| job.state == JobState::Dead && job.attempt == 1));
    assert!(jobs.iter().all(|job| {
        job.error.as_deref().is_some_and(|error| error.contains("550") && !error.contains('@'))
    }));

    // The address was wrong, and is right now: iris retries both, once more in vain, then with success.
    let retry = "mutation($input: JobRetryInput!) { jobRetry(input: $input) { job { state } userErrors { code } } }";
    for behaviour in [Behaviour::Later, Behaviour::Accept] {
        smtp.behave(behaviour);
        for job in &jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await {
            if job.state == JobState::Dead {
                let id = schema::foundation::id::global("Job", job.id).to_string();
                assert_eq!(
                    iris.data(retry, json!({ "input": { "id": id } })).await["jobRetry"]["job"]["state"],
                    "READY"
                );
            }
        }
        world.settle().await;
    }
    world.later(TimeDelta::minutes(1)).await;
    let mut received: Vec<String> =
        smtp.mails().iter().map(|mail| format!("<{}>", mail.message_id)).collect();
    received.sort();
    identities.sort();
    assert_eq!(received, identities);
    let entry = &timeline(&iris, &first).await[0];
    assert_eq!((&entry["status"], &entry["reason"]), (&json!("SENT"), &json!(null)));
    assert!(
        smtp.mails()
            .iter()
            .all(|mail| mail.to == "alice@exemple.test" && mail.to != address("david"))
    );
    world.end().await;
}
