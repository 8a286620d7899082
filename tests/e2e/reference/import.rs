//! A network sends its reference list, again and again.

use serde_json::json;
use tests::World;
use tests::people::{A, B, DIRECTION, ROOT};
use tests::world::Plan;

use super::file::{self, done, everything, line};

#[tokio::test]
async fn a_new_tree_is_imported_in_any_order_and_the_same_file_twice_changes_nothing() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    // Children before their parents; columns in another order; optional ones filled in one line only.
    let csv = "parent;channels;code;email;testimonies_open_on;name;network;kind;region;department;commune;postal_code;closed_on
NOUVEAU2;PHONE, FRONT_DESK|PHONE;NOUVEAU3;accueil@exemple.test;2026-02-01;Accueil de Brume;CAF;Accueil;Haute-Lorme;2A;Brume;20000;2027-12-31
NOUVEAU1;;NOUVEAU2;;;Pôle d'Écume;CAF;Pôle;Haute-Lorme;2A;Écume;20100;
RACINE01;;NOUVEAU1;;;« Direction » du Sud;CAF;Direction;Haute-Lorme;2A;Écume;20100;
";
    assert_eq!(done(&farid, csv).await, [3, 3, 0, 0]);
    let query = "{ structure(code: \"NOUVEAU3\") { name kind email channels testimoniesOpenOn closedOn department postalCode
        network { code } parent { code name parent { name parent { code } } } } }";
    let found = world.alice.data(query, json!({})).await;
    assert_eq!(
        found["structure"],
        json!({
            "name": "Accueil de Brume", "kind": "Accueil", "email": "accueil@exemple.test", "channels": ["FRONT_DESK", "PHONE"],
            "testimoniesOpenOn": "2026-02-01", "closedOn": "2027-12-31", "department": "2A", "postalCode": "20000",
            "network": { "code": "CAF" },
            "parent": { "code": "NOUVEAU2", "name": "Pôle d'Écume", "parent": { "name": "« Direction » du Sud", "parent": { "code": ROOT } } },
        })
    );

    let before = everything(&world).await;
    world.clock.advance(chrono::TimeDelta::days(1));
    let farid = world.person("farid").await;
    assert_eq!(done(&farid, csv).await, [3, 0, 0, 3]);
    assert_eq!(everything(&world).await, before, "not even the date of the last change moved");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_changed_line_updates_its_structure_and_an_absent_one_deletes_nothing() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    assert_eq!(done(&farid, &file::known()).await, [4, 0, 0, 4]);

    world.clock.advance(chrono::TimeDelta::hours(1));
    let only_a = format!(
        "{};channels;testimonies_open_on;closed_on\n{A};Agence du Port;Agence;CAF;{DIRECTION};96000;Montarcy;96;Haute-Lorme;CHAT;2024-12-08;2026-03-01\n",
        file::HEADER
    );
    assert_eq!(done(&farid, &only_a).await, [1, 0, 1, 0]);
    let query = "query($code: String!) { structure(code: $code) { name channels closedOn updatedAt parent { code } } }";
    assert_eq!(
        world.alice.data(query, json!({ "code": A })).await["structure"],
        json!({ "name": "Agence du Port", "channels": ["CHAT"], "closedOn": "2026-03-01",
            "updatedAt": "2026-01-12T09:00:00+00:00", "parent": { "code": DIRECTION } })
    );
    // B is not in the file and stays as it was; so does a structure whose line says the same.
    assert_eq!(
        world.alice.data(query, json!({ "code": B })).await["structure"]["updatedAt"],
        "2026-01-12T08:00:00+00:00"
    );
    assert_eq!(everything(&world).await["totalCount"], 6);

    // An optional column that is absent or empty says that there is nothing, like every other cell.
    assert_eq!(done(&farid, &file::file(&[line(A, DIRECTION)])).await, [1, 0, 1, 0]);
    let emptied = world.alice.data(query, json!({ "code": A })).await;
    assert_eq!(
        (&emptied["structure"]["channels"], &emptied["structure"]["closedOn"]),
        (&json!([]), &json!(null))
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_spreadsheets_of_every_office_are_read() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let plain = file::file(&[line("TABLEUR1", DIRECTION), line("TABLEUR2", "TABLEUR1")]);
    assert_eq!(done(&farid, &plain).await, [2, 2, 0, 0]);
    let quoted = plain.replace(";Point TABLEUR1;", ";\"Point TABLEUR1\";");
    for (why, csv) in [
        ("commas", plain.replace(';', ",")),
        ("tabs", plain.replace(';', "\t")),
        ("a byte order mark", format!("\u{feff}{plain}")),
        ("lines ended by Windows", plain.replace('\n', "\r\n")),
        ("all of Excel at once", format!("\u{feff}{}", quoted.replace('\n', "\r\n"))),
        ("spaces around cells", plain.replace(';', " ; ")),
        ("capitals in the header", plain.replacen(file::HEADER, &file::HEADER.to_uppercase(), 1)),
        ("no line break at the end", plain.trim_end().to_owned()),
        ("empty lines", plain.replace('\n', "\n\n")),
        ("quotes", quoted),
    ] {
        assert_eq!(done(&farid, &csv).await, [2, 0, 0, 2], "{why}");
    }
    // A separator inside quotes belongs to the cell, and so does a doubled quote.
    let comma = plain
        .replace(';', ",")
        .replace("Point TABLEUR1", "\"Point \"\"un\"\", rue du Port; fond de cour\"");
    assert_eq!(done(&farid, &comma).await, [2, 0, 1, 1]);
    let named = world.alice.data("{ structure(code: \"TABLEUR1\") { name } }", json!({})).await;
    assert_eq!(named["structure"]["name"], "Point \"un\", rue du Port; fond de cour");
    world.end_anyhow().await;
}
