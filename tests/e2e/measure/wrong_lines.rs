//! Lines that cannot be imported: each is told with its number and reason, and nothing is written.

use tests::World;
use tests::people::A;

use super::desk::{import, seen};
use super::wrong_files::{HEADER, RIGHT, refusals};

#[tokio::test]
async fn a_wrong_line_is_told_with_its_number_and_reason() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    for (line, reasons) in [
        ("A;fax;Sujet;Nom;2026-01-05;;;;", vec!["colonne medium : « fax »"]),
        ("A;;Sujet;Nom;2026-01-05;;;;", vec!["colonne medium : «  »"]),
        (
            ";courrier;Sujet;Nom;2026-01-05;;;;",
            vec!["colonne reference : ce champ est obligatoire"],
        ),
        ("A;courrier;;Nom;2026-01-05;;;;", vec!["colonne subject : Ce champ est obligatoire"]),
        (
            "A;courrier;Sujet; ;2026-01-05;;;;",
            vec!["colonne sender_name : Ce champ est obligatoire"],
        ),
        ("A;courrier;Sujet;Nom;;;;;", vec!["colonne received_on : «  » n'est pas une date"]),
        ("A;courrier;Sujet;Nom;05/01/26;;;;", vec!["colonne received_on : « 05/01/26 »"]),
        ("A;courrier;Sujet;Nom;31/02/2026;;;;", vec!["colonne received_on : « 31/02/2026 »"]),
        ("A;courrier;Sujet;Nom;01/13/2026;;;;", vec!["colonne received_on : « 01/13/2026 »"]),
        (
            "A;courrier;Sujet;Nom;2026-01-13;;;;",
            vec!["colonne received_on : La date de réception est dans le futur"],
        ),
        (
            "A;courrier;Sujet;Nom;1999-12-31;;;;",
            vec!["colonne received_on : La date de réception est antérieure"],
        ),
        ("A;courrier;Sujet;Nom;2026-01-05;sans arobase;;;", vec!["colonne sender_email"]),
        (
            "A;courrier;Sujet;Nom;2026-01-05;;2026-01-04;;",
            vec!["colonne acknowledged_on : L'accusé de réception ne peut pas précéder"],
        ),
        (
            "A;courrier;Sujet;Nom;2026-01-05;;2026-01-09;2026-01-08;refus",
            vec!["colonne acknowledged_on : L'accusé de réception ne peut pas suivre"],
        ),
        (
            "A;courrier;Sujet;Nom;2026-01-05;;;2026-01-04;refus",
            vec!["colonne answered_on : La réponse ne peut pas précéder"],
        ),
        (
            "A;courrier;Sujet;Nom;2026-01-05;;;2026-01-13;refus",
            vec!["colonne answered_on : La date de la réponse est dans le futur"],
        ),
        (
            "A;courrier;Sujet;Nom;2026-01-05;;;2026-01-08;",
            vec!["colonne answer_nature : Une réponse a une date et une nature"],
        ),
        (
            "A;courrier;Sujet;Nom;2026-01-05;;;;refus",
            vec!["colonne answer_nature : Une réponse a une date et une nature"],
        ),
        (
            "A;courrier;Sujet;Nom;2026-01-05;;;2026-01-08;peut-être",
            vec!["colonne answer_nature : « peut-être »"],
        ),
        (
            "A;courrier;Su\u{7}jet;Nom;2026-01-05;;;;",
            vec!["colonne subject : Retirez le caractère de contrôle"],
        ),
        ("A;courrier;Sujet;Nom;2026-01-05;;;", vec!["8 cellules au lieu de 9"]),
        ("A;courrier;Sujet;Nom;2026-01-05;;;;;", vec!["10 cellules au lieu de 9"]),
        ("A;fax;;Nom;demain;non;;;", vec!["colonne medium", "colonne received_on"]),
        (
            "bonne;courrier;Sujet;Nom;2026-01-05;;;;",
            vec!["colonne reference : « bonne » est déjà à la ligne 2."],
        ),
    ] {
        // A right line before and after: neither is kept.
        let payload = import(
            &bruno,
            A,
            &format!("{HEADER}{RIGHT}{line}\nautre;courrier;Sujet;Nom;2026-01-05;;;;\n"),
        )
        .await;
        let told = refusals(&payload);
        assert_eq!(told.len(), 1, "{line}: {told:?}");
        assert_eq!((told[0].0, told[0].1.as_str()), ("FILE_LINE", "csv.3"), "{line}");
        assert!(told[0].2.starts_with("Ligne 3 : "), "{}", told[0].2);
        for reason in reasons {
            assert!(
                told[0].2.contains(reason),
                "{line}: « {reason} » is missing from « {} »",
                told[0].2
            );
        }
    }
    let long = format!(
        "{HEADER}{};courrier;{};{};2026-01-05;;;;\n",
        "r".repeat(61),
        "s".repeat(301),
        "n".repeat(201)
    );
    let payload = import(&bruno, A, &long).await;
    for column in ["reference", "subject", "sender_name"] {
        assert!(
            refusals(&payload)[0].2.contains(&format!("colonne {column} : Ce texte compte")),
            "{payload}"
        );
    }
    assert_eq!(seen(&bruno).await, 0);
    world.end().await;
}

#[tokio::test]
async fn a_wholly_wrong_file_stays_readable() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let lines: String =
        (0..1_000).map(|number| format!("R-{number};fax;Sujet;Nom;2026-01-05;;;;\n")).collect();
    let payload = import(&bruno, A, &format!("{HEADER}{lines}")).await;
    let told = refusals(&payload);
    assert_eq!(told.len(), 101);
    assert!(told[99].2.starts_with("Ligne 101 : "), "{}", told[99].2);
    assert_eq!((told[100].1.as_str(), told[100].2), ("csv", "… et 900 autres lignes à corriger."));
    // Duplicates name the line they repeat.
    let twins = format!("{HEADER}{}", "R-1;courrier;Sujet;Nom;2026-01-05;;;;\n".repeat(3));
    let payload = import(&bruno, A, &twins).await;
    let said: Vec<&str> = refusals(&payload).into_iter().map(|one| one.2).collect();
    let twice = |line| format!("Ligne {line} : colonne reference : « R-1 » est déjà à la ligne 2.");
    assert_eq!(said, [twice(3), twice(4)]);
    assert_eq!(seen(&bruno).await, 0);
    world.end().await;
}
