//! Messages about much, and about what people wrote to break them.

use chrono::TimeDelta;
use serde_json::json;
use tests::World;
use tests::people::{A, B, address};
use tests::smtp::{Behaviour, Smtp};

use super::mail::{assert_readable, files};
use super::{hand, publish, tell, telling};

#[tokio::test]
async fn what_people_write_stays_text_and_fits_the_subject_line() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    let long = format!(
        "Où est passé mon dossier de retraite ? <script>alert(1)</script> {}",
        "très ".repeat(16)
    );
    let mut input = telling(B, long.trim());
    input["body"] = json!(format!(
        "Voir <img src=\"https://exemple.test/x.png\"> & {}",
        "encore et encore ".repeat(60)
    ));
    input["pseudonym"] = json!("\"Zoé\" {{ name }}");
    publish(&gaelle, &tell(&world, input).await).await;
    world.later(TimeDelta::minutes(6)).await;
    let mails = world.mailbox.to(&address("elise"));
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert!(mail.subject.chars().count() <= 78 && mail.subject.ends_with('…'), "{}", mail.subject);
    assert!(
        mail.subject.starts_with("Nouveau témoignage : Où est passé mon dossier"),
        "{}",
        mail.subject
    );
    assert!(
        mail.html.contains("&lt;script&gt;")
            && !mail.html.contains("<script")
            && !mail.html.contains("<img")
    );
    assert!(mail.text.contains("<script>alert(1)</script>") && mail.text.contains("{{ name }}"));
    assert!(
        mail.text.lines().all(|line| line.chars().count() < 400),
        "an excerpt, not the whole text"
    );
    world.end().await;
}

#[tokio::test]
async fn twenty_five_testimonies_are_one_message_that_lists_twenty() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    for number in 1..=25 {
        let id = tell(&world, telling(B, &format!("Témoignage {number:02}"))).await;
        publish(&gaelle, &id).await;
    }
    world.later(TimeDelta::minutes(6)).await;
    let mails = world.mailbox.to(&address("elise"));
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "25 nouveaux témoignages d'usagers");
    assert_eq!(mails[0].text.matches("--- Témoignage").count(), 20);
    assert!(mails[0].text.contains("Et 5 autres témoignages"), "{}", mails[0].text);
    for file in files(&world, "testimony-alert") {
        assert_readable(&std::fs::read(file).unwrap());
    }
    // All were told: nothing comes after.
    world.later(TimeDelta::days(3)).await;
    assert_eq!(world.mailbox.all().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn two_workers_keep_to_one_pace() {
    let world = World::with(tests::world::Plan { worker: false, ..Default::default() }).await;
    let letters = 12;
    for number in 1..=letters {
        acknowledged(&world, number).await;
    }
    let began = std::time::Instant::now();
    let paced = |config: &mut worker::Config| config.mail_per_second = Some(20);
    let server = Smtp::start(Behaviour::Accept).await;
    let _first = hand(&world, &server.url(), paced);
    let _second = hand(&world, &server.url(), paced);
    world.settle().await;
    assert_eq!(server.mails().len(), letters);
    // The last of twelve may not leave before eleven twentieths of a second are over.
    assert!(began.elapsed() >= std::time::Duration::from_millis(550), "{:?}", began.elapsed());
    world.end_anyhow().await;
}

/// A letter is registered, and acknowledged by e-mail.
async fn acknowledged(world: &World, number: usize) {
    let bruno = world.person("bruno").await;
    let query =
        "mutation($input: WrittenRequestRegisterInput!) { writtenRequestRegister(input: $input) {
        writtenRequest { id } userErrors { message } } }";
    let input = json!({ "structure": A, "medium": "LETTER", "subject": format!("Dossier {number}"), "senderName": "Alice",
        "senderEmail": "alice@exemple.test", "receivedOn": "2026-01-12" });
    let data = bruno.data(query, json!({ "input": input })).await["writtenRequestRegister"].clone();
    let acknowledge = json!({ "id": data["writtenRequest"]["id"], "sendEmail": true });
    assert_eq!(bruno.refusals("writtenRequestAcknowledge", acknowledge).await, [""; 0]);
}
