//! What each kind of file may hold (docs/architecture.md), as far as a search through the text can tell.

use std::path::{Path, PathBuf};

use super::committed::file;

/// Every Rust file below a folder of the project, with its path from there.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    assert!(!found.is_empty(), "no Rust in {folder}");
    found
}

/// The lines of code that hold a word; comments and longer words do not count.
fn holding<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter(|line| line.split(|c| !part(c)).any(|found| found == word))
        .collect()
}

fn is(name: &str, kind: &str) -> bool {
    let mut parts = name.split('/');
    parts.any(|part| part == kind || part.strip_suffix(".rs") == Some(kind))
}

#[test]
fn rules_are_pure() {
    let rules: Vec<_> =
        sources("schema/src").into_iter().filter(|(name, _)| is(name, "rules")).collect();
    assert!(rules.len() >= 5, "{rules:?}");
    for (name, text) in rules {
        for word in ["async", "await", "Conn", "Clock", "diesel", "async_graphql"] {
            assert_eq!(holding(&text, word), [""; 0], "{name}: rules know no {word}");
        }
    }
}

#[test]
fn statements_live_in_stores_and_the_api_knows_none() {
    for (name, text) in sources("schema/src").into_iter().filter(|(name, _)| is(name, "graphql")) {
        for word in ["diesel", "diesel_async", "tables"] {
            assert_eq!(holding(&text, word), [""; 0], "{name}: the API's types know no {word}");
        }
    }
    for (name, text) in sources("schema/src").into_iter().filter(|(name, _)| is(name, "service")) {
        for word in ["async_graphql", "poem", "sql_query", "insert_into"] {
            assert_eq!(holding(&text, word), [""; 0], "{name}: use cases know no {word}");
        }
    }
}

#[test]
fn the_domain_knows_no_http_no_queue_runner_no_redis_and_no_mail_server() {
    let manifest = file("schema/Cargo.toml");
    for stranger in ["poem", "apalis", "redis", "lettre", "hyper", "axum"] {
        assert!(!manifest.contains(stranger), "schema/Cargo.toml names {stranger}");
    }
}

#[test]
fn two_files_know_apalis() {
    let mut knowing = Vec::new();
    for folder in ["schema/src", "server/src", "worker/src", "migrations", "tests/src"] {
        for (name, text) in sources(folder) {
            if ["apalis::", "apalis_core::"].iter().any(|path| text.contains(path)) {
                knowing.push(format!("{folder}/{name}"));
            }
        }
    }
    knowing.sort();
    assert_eq!(knowing, ["worker/src/backend.rs", "worker/src/workers.rs"]);
}

#[test]
fn time_and_chance_come_from_two_files() {
    let mut reading = Vec::new();
    for folder in ["schema/src", "server/src", "worker/src"] {
        for (name, text) in sources(folder) {
            let now = text.lines().any(|line| {
                !line.trim_start().starts_with("//")
                    && (line.contains("Utc::now")
                        || line.contains("Local::now")
                        || line.contains("OsRng"))
            });
            if now {
                reading.push(name);
            }
        }
    }
    reading.sort();
    assert_eq!(
        reading,
        ["foundation/chance.rs", "foundation/clock.rs", "reference/account/password.rs"],
        "salts of passwords are chance too"
    );
}

#[test]
fn no_folder_is_a_drawer_for_everything() {
    for folder in ["schema/src", "server/src", "worker/src", "tests/src"] {
        for (name, _) in sources(folder) {
            for drawer in ["utils", "util", "common", "helpers", "helper", "manager", "misc"] {
                assert!(!is(&name, drawer), "{folder}/{name}");
            }
        }
    }
}
