//! « Nous avons bien reçu votre courrier »: to the sender, at once, once, with the delay announced.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::operate::job::{self, JobKind, NewJob};
use schema::tables::{email, written_request};
use serde_json::json;
use tests::World;
use tests::people::A;
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use super::desk::{acknowledge_by_email, answer, at, letter, register, settings, with, world_from};
use super::post::plain;

const SENDER: &str = "eloise@exemple.test";

fn by_email(received_on: &str) -> serde_json::Value {
    let wanted = json!({ "medium": "EMAIL", "senderEmail": SENDER, "acknowledgeByEmail": true });
    with(letter(A, received_on), wanted)
}

async fn through(smtp: &Smtp) -> World {
    World::with(Plan { settings: settings(), mail: Some(smtp.url()), ..Plan::default() }).await
}

#[tokio::test]
async fn the_sender_hears_at_night_too_when_the_answer_will_come() {
    // Saturday, 2 h in the morning in Paris.
    let world = world_from("2026-01-17T01:00:00Z").await;
    let bruno = world.person("bruno").await;
    let typed = with(by_email("2026-01-16"), json!({ "subject": "Loyer <impayé> & caution" }));
    let request = register(&bruno, typed).await;
    assert_eq!(request["acknowledgedOn"], "2026-01-17");
    assert_eq!(request["state"], "IN_PROGRESS", "an acknowledgement is no answer");
    world.settle().await;

    let mails = world.mailbox.all();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.to, SENDER);
    assert_eq!(mail.subject, "Nous avons bien reçu votre courriel (référence 2026-00001)");
    for part in [&mail.text, &mail.html] {
        for said in [
            "Bonjour Éloïse Dupont,",
            "Nous avons bien reçu votre courriel le 16 janvier 2026.",
            "2026-00001",
            "Agence de Montarcy",
            "Nous nous engageons à vous répondre en 14 jours",
            "au plus tard le 30 janvier 2026",
        ] {
            assert!(part.contains(said), "« {said} » is missing from: {part}");
        }
    }
    assert!(plain(&mail.text).contains("Objet : Loyer <impayé> & caution"), "{}", mail.text);
    assert!(
        plain(&mail.html).contains("Objet : Loyer &lt;impayé&gt; &amp; caution"),
        "{}",
        mail.html
    );
    assert!(mail.html.contains("<html lang=\"fr\">"));
    assert_eq!(mail.auto_submitted, "auto-generated");
    world.end().await;
}

#[tokio::test]
async fn a_letter_is_acknowledged_by_e_mail_later_and_a_limit_that_passed_is_not_promised() {
    let world = world_from("2026-01-31T22:30:00Z").await;
    let bruno = world.person("bruno").await;
    for (received_on, promise) in [
        ("2026-01-17", "au plus tard le 31 janvier 2026"), // today is the last day
        ("2026-01-16", "Nous vous répondrons le plus vite possible."),
    ] {
        let typed = with(letter(A, received_on), json!({ "senderEmail": SENDER }));
        let request = register(&bruno, typed).await;
        world.settle().await;
        assert!(world.mailbox.all().is_empty(), "not asked for yet");
        let acknowledged = acknowledge_by_email(&bruno, &request).await;
        assert_eq!(acknowledged["acknowledgedOn"], "2026-01-31");
        world.settle().await;
        let mails = world.mailbox.to(SENDER);
        assert_eq!(mails.len(), 1);
        assert!(
            mails[0].subject.starts_with("Nous avons bien reçu votre courrier"),
            "{}",
            mails[0].subject
        );
        let promises = ["au plus tard le", "le plus vite possible"]
            .map(|words| mails[0].text.matches(words).count());
        assert_eq!(promises.iter().sum::<usize>(), 1, "{}", mails[0].text);
        assert!(
            mails[0].text.contains(promise) && mails[0].html.contains(promise),
            "{}",
            mails[0].text
        );
        world.mailbox.empty();
    }
    world.end().await;
}

#[tokio::test]
async fn a_mail_server_that_refuses_for_hours_gets_the_message_once_it_wakes() {
    let smtp = Smtp::start(Behaviour::Later).await;
    let world = through(&smtp).await;
    let bruno = world.person("bruno").await;
    register(&bruno, by_email("2026-01-12")).await;
    for minutes in [0, 1, 5, 15, 60] {
        world.later(TimeDelta::minutes(minutes)).await;
        assert!(smtp.mails().is_empty());
    }
    smtp.behave(Behaviour::Accept);
    world.later(TimeDelta::hours(4)).await;
    assert_eq!(smtp.mails().len(), 1);
    assert_eq!(smtp.mails()[0].to, SENDER);
    // Every tick and another day later, still one.
    world.later(TimeDelta::days(1)).await;
    assert_eq!(smtp.mails().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_job_that_runs_again_does_not_write_again() {
    let smtp = Smtp::start(Behaviour::Never).await;
    let world = through(&smtp).await;
    let (bruno, iris) = (world.person("bruno").await, world.person("iris").await);
    let request = register(&bruno, by_email("2026-01-12")).await;
    world.settle().await;

    // Refused for good: the job waits for an operator, who retries it once the address works.
    let jobs = "{ jobs(filter: { kind: ACKNOWLEDGE_WRITTEN_REQUEST }) { nodes { id state } } }";
    let dead = iris.data(jobs, json!({})).await["jobs"]["nodes"][0].take();
    assert_eq!(dead["state"], "DEAD");
    smtp.behave(Behaviour::Accept);
    assert_eq!(iris.refusals("jobRetry", json!({ "id": dead["id"] })).await, [""; 0]);
    world.settle().await;
    assert_eq!(smtp.mails().len(), 1);
    assert_eq!(iris.refusals("jobRetry", json!({ "id": dead["id"] })).await, ["JOB_STATE id"]);

    // Whatever enqueues the same work again finds it done.
    let mut conn = world.conn().await;
    let row: i64 =
        written_request::table.select(written_request::id).first(&mut conn).await.unwrap();
    for _ in 0..3 {
        let again = NewJob::new(JobKind::AcknowledgeWrittenRequest, json!({ "request": row }));
        job::enqueue(&mut conn, world.clock.now(), again).await.unwrap();
    }
    world.another_worker(&smtp.url()).await;
    world.settle().await;
    assert_eq!(smtp.mails().len(), 1);
    let told: Vec<(String, i32)> =
        email::table.select((email::status, email::attempts)).load(&mut conn).await.unwrap();
    assert_eq!(told, [("SENT".to_owned(), 2)], "refused, then taken: nobody tried again");

    // The operator reads why, without a name or an address.
    let timeline =
        "query($id: ID!) { mailTimeline(subject: $id) { kind stage status recipient reason } }";
    let story = iris.data(timeline, json!({ "id": request["id"] })).await;
    let expected = json!([{
        "kind": "WRITTEN_REQUEST_ACKNOWLEDGEMENT",
        "stage": "ACKNOWLEDGED",
        "status": "SENT",
        "recipient": format!("sender-of:{row}"),
        "reason": null,
    }]);
    assert_eq!(story["mailTimeline"], expected);
    world.end().await;
}

#[tokio::test]
async fn a_sender_who_has_the_answer_is_not_told_that_it_will_come() {
    let smtp = Smtp::start(Behaviour::Later).await;
    let world = through(&smtp).await;
    let bruno = world.person("bruno").await;
    let request = register(&bruno, by_email("2026-01-12")).await;
    world.settle().await;
    answer(&bruno, &request, "2026-01-12").await;
    smtp.behave(Behaviour::Accept);
    for hours in [1, 12, 24] {
        world.later(TimeDelta::hours(hours)).await;
    }
    assert!(smtp.mails().is_empty());
    // Nor by a colleague who comes too late.
    let other =
        register(&bruno, with(letter(A, "2026-01-12"), json!({ "senderEmail": SENDER }))).await;
    answer(&bruno, &other, "2026-01-13").await;
    let told = bruno
        .refusals("writtenRequestAcknowledge", json!({ "id": other["id"], "sendEmail": true }))
        .await;
    assert_eq!(told, ["ALREADY_ANSWERED id"]);
    world.settle().await;
    assert!(smtp.mails().is_empty());
    assert!(world.clock.now() > at("2026-01-13T12:00:00Z"));
    world.end().await;
}
