//! Wrong files: each is told what is wrong and where, and writes nothing.

use tests::World;
use tests::people::DIRECTION;
use tests::world::Plan;

use super::file::{HEADER, everything, faults, file, line};

#[tokio::test]
async fn a_wrong_header_says_which_column() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let before = everything(&world).await;
    let right = file(&[line("NOUVEAU1", DIRECTION)]);
    for (csv, told) in [
        (String::new(), "FILE_HEADER csv: Le fichier est vide."),
        ("\u{feff} \r\n".into(), "FILE_HEADER csv: Le fichier est vide."),
        (
            right.replacen("postal_code;", "", 1),
            "FILE_HEADER csv.1: Colonne « postal_code » absente de la première ligne.",
        ),
        (
            right.replacen("code;", "code;code;", 1),
            "FILE_HEADER csv.1: Colonne « code » présente deux fois.",
        ),
        (
            right.replacen("postal_code", "CODE", 1),
            "FILE_HEADER csv.1: Colonne « code » présente deux fois.",
        ),
        (right.replacen("region", "région", 1), "FILE_HEADER csv.1: Colonne « région » inconnue."),
        (
            right.replacen("region", "region;chanels", 1),
            "FILE_HEADER csv.1: Colonne « chanels » inconnue.",
        ),
        (right.replacen("region", "region;", 1), "FILE_HEADER csv.1: Colonne «  » inconnue."),
        (right.replace(';', "|"), "FILE_HEADER csv.1: Colonne « code|name|kind"),
        (line("NOUVEAU1", DIRECTION), "FILE_HEADER csv.1: Colonne « nouveau1 » inconnue."),
        ("\u{1}\u{2}PK".into(), "FILE_HEADER csv.1: Colonne « \u{1}\u{2}pk » inconnue."),
    ] {
        let heard = faults(&farid, &csv).await;
        assert!(
            heard.len() == 1 && heard[0].starts_with(told),
            "« {told} » expected, heard {heard:?}"
        );
    }
    assert_eq!(everything(&world).await, before);
    world.end_anyhow().await;
}

#[tokio::test]
async fn each_wrong_cell_is_told_with_its_line() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let before = everything(&world).await;
    let (head, good) =
        (format!("{HEADER};email;channels;testimonies_open_on"), line("NOUVEAU1", DIRECTION));
    for (wrong, told) in [
        (good.replacen("NOUVEAU1", "N1", 1), "le code « N1 » doit compter"),
        (good.replacen("NOUVEAU1", "", 1), "le code «  » doit compter"),
        (good.replacen("NOUVEAU1", "NOUVÉAU1", 1), "le code « NOUVÉAU1 » doit compter"),
        (good.replace("Point NOUVEAU1", " "), "colonne name : Ce champ est obligatoire"),
        (
            good.replace("Point NOUVEAU1", &"é".repeat(201)),
            "colonne name : Ce texte compte 201 caractères ; la limite est de 200.",
        ),
        (
            good.replace("Point NOUVEAU1", "Point\u{7}"),
            "colonne name : Retirez le caractère de contrôle en position 6.",
        ),
        (
            good.replace("Point NOUVEAU1", "\"Point\nNOUVEAU1\""),
            "colonne name : Retirez le caractère de contrôle en position 6.",
        ),
        (good.replace(";Agence;", ";;"), "colonne kind : Ce champ est obligatoire"),
        (good.replace(";CAF;", ";Caf;"), "le réseau « Caf » est inconnu."),
        (good.replace(";CAF;", ";;"), "le réseau «  » est inconnu."),
        (good.replace(DIRECTION, "INCONNUE"), "la structure parente « INCONNUE » est inconnue."),
        (good.replace("96000", "9600"), "« 9600 » n'est pas un code postal"),
        (good.replace(";96;", ";096;"), "« 096 » n'est pas un code de département."),
        (good.replace("Montarcy", ""), "colonne commune : Ce champ est obligatoire"),
        (good.replace("Haute-Lorme", ""), "colonne region : Ce champ est obligatoire"),
        (format!("{good};sans arobase;;"), "Cette adresse électronique n'est pas valide"),
        (format!("{good};;PIGEON;"), "le canal « PIGEON » est inconnu."),
        (
            format!("{good};;;31/12/2026"),
            "colonne testimonies_open_on : « 31/12/2026 » n'est pas une date AAAA-MM-JJ",
        ),
        (format!("{good};;;2026-02-30"), "« 2026-02-30 » n'est pas une date"),
        (format!("{good};;;-99999-01-01"), "« -99999-01-01 » n'est pas une date"),
        (format!("{good};;;+20260-01-01"), "« +20260-01-01 » n'est pas une date"),
        (format!("{good};;;;"), "13 cellules au lieu de 12."),
        ("NOUVEAU1".into(), "1 cellules au lieu de 12."),
        (format!("{good};\"jamais fermé;;"), " au lieu de 12."),
    ] {
        let wrong = if wrong == good || wrong.matches(';').count() == 8 {
            format!("{wrong};;;")
        } else {
            wrong
        };
        // Right lines and an empty one stand before it: the number is the file's own.
        let csv = format!(
            "{head}\n{};;;\n\n{};;;\n{wrong}\n",
            line("NOUVEAU8", DIRECTION),
            line("NOUVEAU9", "NOUVEAU8")
        );
        let heard = faults(&farid, &csv).await;
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(
            heard[0].starts_with("FILE_LINE csv.5: Ligne 5 : ") && heard[0].contains(told),
            "« {told} » expected, heard {heard:?}"
        );
        let windows = faults(&farid, &csv.replace('\n', "\r\n")).await;
        assert!(windows[0].starts_with("FILE_LINE csv.5: Ligne 5 : "), "with CRLF: {windows:?}");
    }
    assert_eq!(everything(&world).await, before);
    world.end_anyhow().await;
}

#[tokio::test]
async fn all_wrong_lines_are_told_at_once() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let before = everything(&world).await;
    let csv = file(&[
        line("NOUVEAU1", DIRECTION),
        line("NOUVEAU1", DIRECTION),
        line("NOUVEAU2", DIRECTION).replace("96000", "x"),
        line("NOUVEAU3", DIRECTION),
        line("NOUVEAU1", DIRECTION),
        "\"une cellule\nsur deux lignes\";".into(),
        line("NOUVEAU4", DIRECTION),
    ]);
    assert_eq!(
        faults(&farid, &csv).await,
        [
            "FILE_LINE csv.3: Ligne 3 : le code « NOUVEAU1 » est déjà à la ligne 2.",
            "FILE_LINE csv.4: Ligne 4 : « x » n'est pas un code postal à cinq chiffres.",
            "FILE_LINE csv.6: Ligne 6 : le code « NOUVEAU1 » est déjà à la ligne 2.",
            // What cannot be cut into cells stands among the others.
            "FILE_LINE csv.7: Ligne 7 : 2 cellules au lieu de 9.",
        ]
    );
    assert_eq!(everything(&world).await, before);
    world.end_anyhow().await;
}
