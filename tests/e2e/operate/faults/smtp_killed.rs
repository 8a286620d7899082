//! A worker is killed while it hands a message over: before anything can have left, and after it has.

use std::time::Instant;

use schema::operate::job::{JobKind, JobState};
use serde_json::json;
use tests::people::B;
use tests::process::until;
use tests::smtp::{Behaviour, Smtp};

use super::{end, taken_over, worker, world};
use crate::operate::{acknowledge, jobs_of, number, publish, sql, tell, telling, timeline};

#[tokio::test]
async fn killed_before_the_message_the_second_worker_sends_it_once() {
    let world = world().await;
    let mut conn = world.conn().await;
    let (bruno, iris) = (world.person("bruno").await, world.person("iris").await);
    let smtp = Smtp::start(Behaviour::HangBeforeData).await;
    let mut first = worker(&world, &smtp.url(), &[]).await;
    let request = acknowledge(&world, &bruno).await;
    until("the first announces the message", 20, async || smtp.announced() == 1).await;
    let second = worker(&world, &smtp.url(), &[]).await;
    assert_eq!(timeline(&iris, &request).await[0]["status"], "PREPARED", "nothing can have left");

    let killed = Instant::now();
    first.kill().await;
    smtp.behave(Behaviour::Accept);
    let id = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await[0].id;
    taken_over(&mut conn, id, killed).await;
    let job = super::ended(&mut conn, id, JobState::Done).await;
    assert_eq!((job.attempt, job.crashes), (2, 1));
    assert_eq!((smtp.messages_read(), smtp.mails().len()), (1, 1));
    assert_eq!(smtp.mails()[0].to, "alice@exemple.test");
    assert_eq!(timeline(&iris, &request).await[0]["status"], "SENT");
    assert_eq!(second.figure("spp_mails_total", &["outcome=\"sent\""]).await, 1.0);
    end(world).await;
}

#[tokio::test]
async fn killed_between_the_answer_and_its_record_an_operator_judges() {
    let world = world().await;
    let mut conn = world.conn().await;
    let (bruno, gaelle, iris) =
        (world.person("bruno").await, world.person("gaelle").await, world.person("iris").await);
    let smtp = Smtp::start(Behaviour::KeepThenHang).await;
    let mut first = worker(&world, &smtp.url(), &[]).await;
    // Two messages: alice's acknowledgement, which must not come twice, and elise's alert, which may.
    let request = acknowledge(&world, &bruno).await;
    let testimony = tell(&world, telling(B, "Au mauvais moment")).await;
    publish(&gaelle, &testimony).await;
    until("the server has both messages", 20, async || smtp.messages_read() == 2).await;

    // The server answers 250 to both; nothing can be written down, and the worker dies with its connections.
    let mut other = world.conn().await;
    sql(&mut other, "begin").await;
    sql(&mut other, "lock table email in exclusive mode").await;
    smtp.behave(Behaviour::Accept);
    let waiting =
        "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    until("the worker wants to write down both", 20, async || {
        number(&mut conn, &format!("select count(*) as n from {waiting}")).await >= 2
    })
    .await;
    let killed = Instant::now();
    first.kill().await;
    sql(&mut conn, &format!("select pg_terminate_backend(pid) from {waiting}")).await;
    sql(&mut other, "rollback").await;
    let both = [(&request, "SENDING"), (&testimony, "SENDING")];
    for (subject, status) in both {
        assert_eq!(timeline(&iris, subject).await[0]["status"], status);
    }

    let second = worker(&world, &smtp.url(), &[]).await;
    let acknowledgement = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await[0].id;
    let alert = jobs_of(&mut conn, JobKind::AlertTestimonies).await[0].id;
    taken_over(&mut conn, acknowledgement, killed).await;
    let dead = super::ended(&mut conn, acknowledgement, JobState::Dead).await;
    assert!(dead.error.unwrap().contains("interrupted while leaving"));
    super::ended(&mut conn, alert, JobState::Done).await;

    // elise has her alert twice, under one identity; alice has one message only.
    let to = |address: &str| {
        smtp.mails().into_iter().filter(|mail| mail.to == address).collect::<Vec<_>>()
    };
    let alerts = to("elise@exemple.test");
    assert_eq!((alerts.len(), alerts[0].message_id == alerts[1].message_id), (2, true));
    assert_eq!(to("alice@exemple.test").len(), 1);
    assert_eq!(timeline(&iris, &testimony).await[0]["status"], "SENT");
    let entry = &timeline(&iris, &request).await[0];
    assert_eq!(
        (&entry["status"], &entry["sentAt"], &entry["attempts"]),
        (&json!("UNCERTAIN"), &json!(null), &json!(1))
    );
    assert!(entry["reason"].as_str().unwrap().contains("peut-être parti"), "{entry}");
    assert_eq!(second.figure("spp_mails_total", &["outcome=\"uncertain\""]).await, 1.0);

    // A job that merely runs again knows no more than before.
    let retry = json!({ "id": schema::foundation::id::global("Job", acknowledgement).to_string() });
    assert!(iris.refusals("jobRetry", retry).await.is_empty());
    until("the job has run again", 20, async || {
        let job = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await.remove(0);
        job.attempt == 1 && job.state == JobState::Dead
    })
    .await;
    assert_eq!(to("alice@exemple.test").len(), 1);

    // iris looks for the Message-ID in the mail server's log; had she not found it, she would say so.
    let uncertain = "{ mails(filter: { status: UNCERTAIN }) { nodes { id } } }";
    let found = iris.data(uncertain, json!({})).await;
    let again = json!({ "id": found["mails"]["nodes"][0]["id"], "decision": "SEND_AGAIN" });
    assert!(iris.refusals("mailDecide", again).await.is_empty());
    super::ended(&mut conn, acknowledgement, JobState::Done).await;
    assert_eq!(to("alice@exemple.test").len(), 2);
    assert_eq!(timeline(&iris, &request).await[0]["status"], "SENT");
    end(world).await;
}
