//! `server import written-requests`: the same import, for whoever sits at the machine.

use std::path::PathBuf;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::tables::audit_entry;
use tests::World;
use tests::people::{A, DIRECTION};
use tests::process::program;

use super::desk::seen;

const HEADER: &str = "reference;medium;subject;sender_name;received_on;answered_on;answer_nature\n";

/// A file that goes away with the test.
struct File(PathBuf);

impl File {
    fn new(bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("spp-import-{}.csv", tests::database::uuid()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Runs the command: whether it succeeded, and what it printed on each of its outputs.
async fn import(world: &World, file: &File, structure: &str) -> (bool, String, String) {
    let done = tokio::process::Command::new(program("server"))
        .args(["import", "written-requests", "--structure", structure])
        .arg(&file.0)
        .env("DATABASE_URL", &world.database_url)
        .env("SPP_LOG", "warn")
        .output()
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (done.status.success(), text(&done.stdout), text(&done.stderr))
}

#[tokio::test]
async fn an_operator_imports_a_register_from_the_command_line() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let csv = format!(
        "{HEADER}R-1;courrier;Sujet;Nom;05/01/2026;;\nR-2;courriel;Sujet;Nom;2026-01-05;2026-01-06;accord\n"
    );
    let file = File::new(csv.as_bytes());
    let (done, out, _) = import(&world, &file, A).await;
    assert!(done);
    assert_eq!(out, "2 lines: 2 requests created, 0 updated, 0 unchanged\n");
    assert_eq!(seen(&bruno).await, 2);
    let (done, out, _) = import(&world, &file, A).await;
    assert!(done);
    assert_eq!(out, "2 lines: 0 requests created, 0 updated, 2 unchanged\n");
    // The register of a structure below may come with its direction's.
    let below = format!(
        "structure;{HEADER}{A};R-1;courrier;Autre sujet;Nom;05/01/2026;;\n;D-1;courrier;Sujet;Nom;05/01/2026;;\n"
    );
    let (done, out, error) = import(&world, &File::new(below.as_bytes()), DIRECTION).await;
    assert_eq!(
        (done, out.as_str()),
        (true, "2 lines: 1 requests created, 1 updated, 0 unchanged\n"),
        "{error}"
    );
    let who: Vec<(String, Option<String>)> = audit_entry::table
        .filter(audit_entry::action.eq("written_requests.import"))
        .order(audit_entry::id)
        .select((audit_entry::actor, audit_entry::request_id))
        .load(&mut world.conn().await)
        .await
        .unwrap();
    assert_eq!(who.len(), 2, "the second run changed nothing");
    assert!(
        who.iter().all(|(actor, request_id)| actor == "console" && request_id.is_some()),
        "{who:?}"
    );
    world.end().await;
}

#[tokio::test]
async fn every_wrong_file_is_refused_with_its_lines_and_nothing_is_written() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let right = "R-1;courrier;Sujet;Nom;05/01/2026;;\n";
    let latin: Vec<u8> =
        [format!("{HEADER}{right}R-2;courrier;").as_bytes(), b"\xc9l\xe9ments;Nom;05/01/2026;;\n"]
            .concat();
    for (bytes, said) in [
        (latin, vec!["FILE_ENCODING", "Ligne 3", "UTF-8"]),
        (b"\xff\xfer\0e\0f\0".to_vec(), vec!["FILE_ENCODING", "Ligne 1", "UTF-8"]),
        (
            format!("{HEADER}{right}R-2;cour\0rier;Sujet;Nom;05/01/2026;;\n").into_bytes(),
            vec!["FILE_LINE", "Ligne 3", "caractère nul"],
        ),
        (
            format!(
                "{HEADER}{right}R-2;fax;Sujet;Nom;05/01/2026;;\nR-3;fax;Sujet;Nom;05/01/2026;;\n"
            )
            .into_bytes(),
            vec!["FILE_LINE", "Ligne 3", "Ligne 4"],
        ),
        (b"reference;medium\n".to_vec(), vec!["FILE_HEADER", "subject"]),
        (Vec::new(), vec!["FILE_HEADER", "vide"]),
    ] {
        let (done, out, error) = import(&world, &File::new(&bytes), A).await;
        assert!(!done && out.is_empty(), "{out}");
        for part in said {
            assert!(error.contains(part), "« {part} » is missing from: {error}");
        }
    }
    let (done, _, error) =
        import(&world, &File::new(format!("{HEADER}{right}").as_bytes()), "INCONNUE1").await;
    assert!(!done && error.contains("INCONNUE1"), "{error}");
    let (done, _, error) = import(&world, &File(PathBuf::from("/nulle/part.csv")), A).await;
    assert!(!done && error.contains("/nulle/part.csv"), "{error}");
    assert_eq!(seen(&bruno).await, 0);
    world.end().await;
}
