//! One e-mail a day for each manager, about every request that needs her.

use tests::World;
use tests::people::{A, B, DIRECTION, address};

use super::desk::{answer, fill, letter, register, world_from};
use super::post::{Told, diary, page, standings, told};

/// Monday 9 February, two minutes past eight.
const MORNING: &str = "2026-02-09T07:02:00Z";

#[tokio::test]
async fn each_manager_reads_one_message_about_everything_that_waits() {
    let world = world_from(MORNING).await;
    let (bruno, chloe, elise) =
        (world.person("bruno").await, world.person("chloe").await, world.person("elise").await);
    fill(
        &bruno,
        A,
        &[
            ("A-vieux", "courrier", "2025-12-01", "", ""),
            ("A-hier", "courriel", "2026-01-26", "2026-01-27", ""),
            ("A-proche", "courrier", "2026-01-29", "", ""),
            ("A-jeune", "courrier", "2026-01-31", "", ""), // told from the 11th on
            ("A-fait", "courrier", "2026-01-20", "", "2026-02-09"),
        ],
    )
    .await;
    fill(&chloe, B, &[("B-limite", "courrier", "2026-01-27", "", "")]).await;
    fill(&elise, DIRECTION, &[("D-proche", "courriel", "2026-01-28", "", "")]).await;
    world.settle().await;
    assert!(world.mailbox.all().is_empty(), "the morning's round was made before");

    world.later(chrono::TimeDelta::days(1)).await; // Tuesday the 10th
    let (to_david, to_elise) =
        (world.mailbox.to(&address("david")), world.mailbox.to(&address("elise")));
    assert_eq!((to_david.len(), to_elise.len(), world.mailbox.all().len()), (1, 1, 2));
    let line = |reference: &str, age: &str, structure: &str, standing: &str| Told {
        reference: reference.to_owned(),
        subject: format!("Sujet {reference}"),
        age: age.to_owned(),
        structure: structure.to_owned(),
        standing: standing.to_owned(),
    };
    let (a, b, d) = ("Agence de Montarcy", "Agence de Valserre", "Direction départementale");
    let old = line(
        "A-vieux",
        "Courrier reçu le 1er décembre 2025, il y a 71 jours",
        a,
        "En retard de 57 jours (rappel n° 9)",
    );
    let late = line(
        "A-hier",
        "Courriel reçu le 26 janvier 2026, il y a 15 jours",
        a,
        "En retard de 1 jour",
    );
    let near = line(
        "A-proche",
        "Courrier reçu le 29 janvier 2026, il y a 12 jours",
        a,
        "À traiter avant la fin du 12 février 2026",
    );
    assert_eq!(told(&to_david[0]), [old.clone(), late.clone(), near.clone()]);
    let last = line(
        "B-limite",
        "Courrier reçu le 27 janvier 2026, il y a 14 jours",
        b,
        "À traiter avant la fin du 10 février 2026 (aujourd'hui)",
    );
    let next = line(
        "D-proche",
        "Courriel reçu le 28 janvier 2026, il y a 13 jours",
        d,
        "À traiter avant la fin du 11 février 2026 (demain)",
    );
    assert_eq!(told(&to_elise[0]), [old, late, last, next, near]);

    assert_eq!(
        to_david[0].subject,
        "2 demandes écrites attendent une réponse depuis plus de 14 jours"
    );
    assert!(to_david[0].text.starts_with("Bonjour David Responsable,"), "{}", to_david[0].text);
    assert!(
        to_david[0].text.contains("LIMITE DÉPASSÉE (2)")
            && to_david[0].text.contains("LIMITE PROCHE (1)")
    );
    assert!(to_elise[0].text.contains("LIMITE PROCHE (3)"), "{}", to_elise[0].text);
    assert!(
        to_david[0].html.contains("<html lang=\"fr\">")
            && to_david[0].html.contains("Limite dépassée (2)")
    );
    assert!(to_david[0].text.contains(&world.app.settings.public_url), "{}", to_david[0].text);
    assert_eq!(to_david[0].auto_submitted, "auto-generated");
    world.end().await;
}

#[tokio::test]
async fn the_alert_comes_three_days_before_the_limit_once() {
    let world = world_from(MORNING).await;
    let bruno = world.person("bruno").await;
    register(&bruno, letter(A, "2026-02-02")).await; // due on Monday the 16th, alert from Friday the 13th
    assert_eq!(diary(&world, 3).await, [""; 0]);
    let expected = ["david", "elise"].map(|who| {
        format!("2026-02-13 {who} 2026-00001: À traiter avant la fin du 16 février 2026")
    });
    assert_eq!(diary(&world, 4).await, expected, "and nothing more until the limit");
    world.end().await;
}

#[tokio::test]
async fn nothing_is_said_about_what_was_answered_meanwhile() {
    let world = world_from(MORNING).await;
    let bruno = world.person("bruno").await;
    // Both limits pass on Friday the 13th; Saturday's round plans Monday's message.
    let first = register(&bruno, letter(A, "2026-01-30")).await;
    let second = register(&bruno, letter(A, "2026-01-30")).await;
    diary(&world, 5).await;
    assert_eq!(page(&world).await.len(), 0);
    let planned =
        "{ jobs(filter: { kind: DIGEST_WRITTEN_REQUESTS, state: READY }) { totalCount } }";
    let iris = world.person("iris").await;
    assert_eq!(iris.data(planned, serde_json::json!({})).await["jobs"]["totalCount"], 2);

    answer(&bruno, &first, "2026-02-14").await;
    let expected =
        ["david", "elise"].map(|who| format!("2026-02-16 {who} 2026-00002: En retard de 3 jours"));
    assert_eq!(diary(&world, 2).await, expected);

    // The next Saturday everything is answered before Monday: no message at all.
    diary(&world, 5).await;
    answer(&bruno, &second, "2026-02-21").await;
    assert_eq!(diary(&world, 3).await, [""; 0]);
    world.end().await;
}

#[tokio::test]
async fn a_crowd_is_told_over_several_days_and_nobody_is_forgotten() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let references: Vec<String> = (0..105).map(|n| format!("R-{n:03}")).collect();
    let lines: Vec<_> =
        references.iter().map(|r| (r.as_str(), "courrier", "2025-12-20", "", "")).collect();
    fill(&bruno, A, &lines).await;
    let mut all = Vec::new();
    for (listed, others) in [(100, "5 autres demandes figurent dans votre registre."), (5, "")] {
        world.later(chrono::TimeDelta::days(1)).await;
        let mails = world.mailbox.to(&address("david"));
        assert_eq!(mails.len(), 1);
        assert_eq!(standings(&mails[0]).len(), listed);
        assert!(mails[0].text.contains(others), "{}", mails[0].text);
        assert_eq!(mails[0].text.contains("dans votre registre."), !others.is_empty());
        all.extend(told(&mails[0]).into_iter().map(|one| one.reference));
        world.mailbox.empty();
    }
    all.sort();
    assert_eq!(all, references);
    world.later(chrono::TimeDelta::days(1)).await;
    assert!(world.mailbox.all().is_empty());
    world.end().await;
}
