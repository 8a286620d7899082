//! The same import from the command line, with the real program.

use std::path::PathBuf;
use std::process::Output;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::tables::structure;
use serde_json::json;
use tests::World;
use tests::people::{A, B, DIRECTION, OTHER_ROOT};
use tests::process::program;
use tests::world::Plan;

use super::file::{everything, file, known, line};

/// A file for the time of a test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(content: &[u8]) -> Self {
        let path =
            std::env::temp_dir().join(format!("spp-structures-{}.csv", tests::database::uuid()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn run(world: &World, what: &str, file: &std::path::Path) -> Output {
    tokio::process::Command::new(program("server"))
        .args(["import", what])
        .arg(file)
        .env("DATABASE_URL", &world.database_url)
        .env("SPP_LOG", "warn")
        .output()
        .await
        .expect("the program runs")
}

async fn import(world: &World, content: &[u8]) -> (Option<i32>, String, String) {
    import_of(world, "structures", content).await
}

async fn import_of(world: &World, what: &str, content: &[u8]) -> (Option<i32>, String, String) {
    let scratch = Scratch::new(content);
    let output = run(world, what, &scratch.0).await;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn the_command_imports_any_network_and_says_what_it_did() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let csv = known().replace("Agence de Montarcy", "Agence du Port")
        + &format!(
            "\nNOUVEAU1;Agence neuve;Agence;CPAM;{OTHER_ROOT};97100;Lormont;971;Basse-Lorme;;\n"
        );
    let told = |line: &str| (Some(0), format!("{line}\n"), String::new());
    assert_eq!(
        import(&world, csv.as_bytes()).await,
        told("5 lines: 1 structures created, 1 updated, 3 unchanged")
    );
    let renamed = world.alice.data("{ structure(code: \"STRUCTA1\") { name } }", json!({})).await;
    assert_eq!(renamed["structure"]["name"], "Agence du Port");
    assert_eq!(
        import(&world, csv.as_bytes()).await,
        told("5 lines: 0 structures created, 0 updated, 5 unchanged")
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_wrong_file_fails_the_command_with_every_line_and_writes_nothing() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let before = everything(&world).await;
    let right =
        file(&[line("NOUVEAU1", DIRECTION), line("NOUVEAU2", DIRECTION), line(A, DIRECTION)]);
    let twice = right.replace("NOUVEAU2;", "NOUVEAU1;").replace("STRUCTA1;", "A;");
    // « Montarcé » as Excel saves it when nobody chooses UTF-8.
    let latin: Vec<u8> =
        right.replace("Montarcy", "Montarcé").chars().map(|c| u8::try_from(c).unwrap()).collect();
    for (content, told) in [
        (
            twice.as_bytes(),
            vec![
                "Ligne 3 : le code « NOUVEAU1 » est déjà à la ligne 2.",
                "Ligne 4 : le code « A » doit compter",
            ],
        ),
        (&latin, vec!["Ligne 2 : le fichier n'est pas en UTF-8."]),
        (b"\xff\xfec\0o\0d\0e\0".as_slice(), vec!["Ligne 1 : le fichier n'est pas en UTF-8."]),
        (b"code;name\nNOUVEAU1;x\0\n".as_slice(), vec!["Ligne 2 : caractère nul."]),
        (b"".as_slice(), vec!["Le fichier est vide."]),
    ] {
        let (code, stdout, stderr) = import(&world, content).await;
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
        for sentence in told {
            assert!(stderr.contains(sentence), "« {sentence} » expected in: {stderr}");
        }
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
    let missing = run(&world, "structures", std::path::Path::new("/nowhere/structures.csv")).await;
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("/nowhere/structures.csv"));
    assert_eq!(everything(&world).await, before);
    world.end_anyhow().await;
}

const ONE: &str = "10000000100014";
const OTHER: &str = "20000000200010";

/// The establishments that A and B are.
async fn establishments(world: &World) -> [Option<String>; 2] {
    let mut conn = world.conn().await;
    let mut found = [const { None }; 2];
    for (code, found) in [A, B].into_iter().zip(&mut found) {
        let of = structure::table.filter(structure::code.eq(code)).select(structure::siret);
        *found = of.first(&mut conn).await.expect("a structure");
    }
    found
}

fn siret(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn the_command_says_which_establishments_structures_are_and_two_may_exchange_theirs() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let told = |line: &str| (Some(0), format!("{line}\n"), String::new());
    let sirets = async |csv: &str| import_of(&world, "sirets", csv.as_bytes()).await;

    let both = format!("code;siret\n{A};100 000 001 00014\n{B};{OTHER}\n");
    assert_eq!(sirets(&both).await, told("2 lines: 2 structures updated"));
    assert_eq!(establishments(&world).await, [siret(ONE), siret(OTHER)]);
    assert_eq!(sirets(&both).await, told("2 lines: 0 structures updated"));
    let exchanged = format!("siret,code\n{ONE},{B}\n{OTHER},{A}\n");
    assert_eq!(sirets(&exchanged).await, told("2 lines: 2 structures updated"));
    assert_eq!(establishments(&world).await, [siret(OTHER), siret(ONE)]);

    // Every wrong line is told, and nothing is written.
    let wrong = format!(
        "code;siret\n{A};\nNOWHERE1;{OTHER}\n{DIRECTION};1,3E+13\n{A};{OTHER}\n{OTHER_ROOT};{ONE}\n"
    );
    let (code, stdout, stderr) = sirets(&wrong).await;
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    for sentence in [
        "Ligne 3 : aucune structure n'a le code « NOWHERE1 ».",
        "Ligne 4 : « 1,3E+13 » n'est pas un SIRET (quatorze chiffres, dont une clé) : mettez la colonne au format texte.",
        &format!("Ligne 5 : le code « {A} » est déjà à la ligne 2."),
        &format!("Ligne 6 : le SIRET {ONE} est déjà à la structure « {B} »."),
    ] {
        assert!(stderr.contains(sentence), "« {sentence} » expected in: {stderr}");
    }
    assert_eq!(establishments(&world).await, [siret(OTHER), siret(ONE)]);

    // Taken away by an empty cell; what is not in the file stays.
    assert_eq!(sirets(&format!("code;siret\n{A};\n")).await, told("1 lines: 1 structures updated"));
    assert_eq!(establishments(&world).await, [None, siret(ONE)]);
    // Each change is in the trail, by the console.
    let trail = "{ auditTrail(first: 10, filter: { action: \"structure.siret\" }) { nodes { actor structure { code } } } }";
    let told = world.person("henri").await.data(trail, json!({})).await;
    let places =
        [A, A, B, B, A].map(|code| json!({ "actor": "console", "structure": { "code": code } }));
    assert_eq!(told["auditTrail"]["nodes"], json!(places), "latest first");
    world.end_anyhow().await;
}
