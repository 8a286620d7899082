//! Files as large as a country: one wrong line among 100,000, and files that are too large.

use schema::foundation::settings::Settings;
use serde_json::json;
use tests::World;
use tests::people::DIRECTION;
use tests::world::Plan;

use super::file::{self, done, faults, file, line};

const TOTAL: &str = "{ structures(first: 0) { totalCount } }";

#[tokio::test]
async fn one_wrong_line_among_100_000_is_told_exactly_and_nothing_is_written() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let mut lines: Vec<String> =
        (0..100_000).map(|number| line(&format!("GRAND{number:06}"), DIRECTION)).collect();
    lines[76_543] = line("GRAND076543", "GRAND0765430");
    let told = faults(&farid, &file(&lines)).await;
    assert_eq!(
        told,
        ["FILE_LINE csv.76545: Ligne 76545 : la structure parente « GRAND0765430 » est inconnue."]
    );
    assert_eq!(world.alice.data(TOTAL, json!({})).await["structures"]["totalCount"], 6);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_wholly_wrong_file_stays_readable() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let lines: Vec<String> = (0..250)
        .map(|number| line(&format!("FAUX{number:06}"), DIRECTION).replace("CAF", "KAF"))
        .collect();
    let told = faults(&world.person("farid").await, &file(&lines)).await;
    assert_eq!(told.len(), 101);
    assert_eq!(told[99], "FILE_LINE csv.101: Ligne 101 : le réseau « KAF » est inconnu.");
    assert_eq!(told[100], "FILE_LINE csv: … et 150 autres lignes à corriger.");
    assert_eq!(world.alice.data(TOTAL, json!({})).await["structures"]["totalCount"], 6);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_file_is_accepted_up_to_the_limit_and_not_beyond() {
    let csv = file(
        &(10..40).map(|number| line(&format!("NOUVEAU{number}"), DIRECTION)).collect::<Vec<_>>(),
    );
    let settings = Settings { import_bytes: csv.len(), ..Settings::default() };
    let world = World::with(Plan { worker: false, settings, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let (limit, longer) = (csv.len(), csv.replacen("Point", "Points", 1));
    let told = faults(&farid, &longer).await;
    assert_eq!(
        told,
        [format!(
            "FILE_TOO_LARGE csv: Le fichier compte {} octets ; la limite est de {limit} : découpez-le.",
            limit + 1
        )]
    );
    assert_eq!(world.alice.data(TOTAL, json!({})).await["structures"]["totalCount"], 6);
    // Who may not import is told that first.
    assert_eq!(file::kept_out(&world.person("bruno").await, &longer).await, "FORBIDDEN");
    assert_eq!(done(&farid, &csv).await, [30, 30, 0, 0]);
    assert_eq!(file::kept_out(&world.alice, &csv).await, "UNAUTHENTICATED");
    world.end_anyhow().await;
}
