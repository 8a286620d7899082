//! Messages about much, and about what people wrote to break them.

use chrono::TimeDelta;
use serde_json::json;
use tests::World;
use tests::people::{B, address};

use super::mail::{assert_readable, files};
use super::{publish, tell, telling};

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
