//! A mail server that is down for a day, lived through with a moved clock.

use chrono::TimeDelta;
use serde_json::json;
use tests::World;
use tests::people::{A, address};
use tests::process::lasting_port;
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use crate::operate::{acknowledge, number, publish, register, tell, telling, timeline};

#[tokio::test]
async fn after_a_day_without_mail_server_every_message_leaves_once() {
    let port = lasting_port(); // nobody else may get it during that day
    let mail = Some(format!("smtp://127.0.0.1:{port}"));
    let world = World::with(Plan { mail, ..Plan::default() }).await;
    let (bruno, gaelle) = (world.person("bruno").await, world.person("gaelle").await);
    let mut conn = world.conn().await;

    // Monday 9 h: an acknowledgement, an alert to david and elise, and on Tuesday morning their reminder.
    let request = acknowledge(&world, &bruno).await;
    let testimony = tell(&world, telling(A, "Pendant la panne")).await;
    publish(&gaelle, &testimony).await;
    let letter = register(&world, &bruno, 10, json!({})).await;
    for _ in 0..24 {
        world.later(TimeDelta::hours(1)).await;
    }
    let waiting =
        "select count(*) as n from email where status = 'PREPARED' and reason is not null";
    assert_eq!(number(&mut conn, waiting).await, 5, "each waits, and the ledger says why");
    assert_eq!(number(&mut conn, "select count(*) as n from job where state = 'DEAD'").await, 0);

    // Tuesday 9 h: it is back. Within the next steps of the ladder everything has left.
    let smtp = Smtp::start_on(port, Behaviour::Accept).await;
    for _ in 0..25 {
        world.later(TimeDelta::hours(1)).await;
    }
    let mut sent: Vec<(String, String)> =
        smtp.mails().into_iter().map(|mail| (mail.to, mail.subject)).collect();
    sent.sort();
    let expected = [
        ("alice@exemple.test".to_owned(), "Nous avons bien reçu votre courrier"),
        (address("david"), "1 demande écrite arrive bientôt à sa limite de réponse"),
        (address("david"), "Nouveau témoignage : Pendant la panne"),
        (address("elise"), "1 demande écrite arrive bientôt à sa limite de réponse"),
        (address("elise"), "Nouveau témoignage : Pendant la panne"),
    ];
    assert_eq!(sent.len(), expected.len(), "{sent:?}");
    for ((to, subject), (expected_to, expected_subject)) in sent.iter().zip(&expected) {
        assert!(to == expected_to && subject.starts_with(expected_subject), "{to}: {subject}");
    }
    let iris = world.person("iris").await;
    for subject in [&request, &testimony, &letter] {
        for entry in timeline(&iris, subject).await {
            assert_eq!(
                (&entry["status"], &entry["reason"]),
                (&json!("SENT"), &json!(null)),
                "{entry}"
            );
        }
    }
    world.end().await;
}
