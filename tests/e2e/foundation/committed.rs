//! Files that are printed and committed: each is as the program prints it today.

use schema::foundation::policy;
use schema::graphql::root;
use tests::database::Database;

/// A file of the project.
pub(super) fn file(path: &str) -> String {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Compares a committed file with what it must be; names the first line that differs and what to do.
fn compare(path: &str, printed: &str, what: &str) {
    let committed = file(path);
    let first = committed.lines().zip(printed.lines()).position(|(was, is)| was != is);
    let line = first.unwrap_or_else(|| committed.lines().count().min(printed.lines().count())) + 1;
    assert!(
        committed == printed,
        "{path} is old from line {line} on: cargo run -q -p server -- print {what} > {path}"
    );
}

#[test]
fn the_definition_of_the_api_is_the_committed_one() {
    compare("schema/schema.graphql", &root::sdl(), "sdl");
}

#[test]
fn the_table_of_rights_is_the_committed_one() {
    compare("docs/policy.md", &policy::table(), "policy");
}

#[tokio::test]
async fn the_tables_that_rust_knows_are_those_of_the_database() {
    let database = Database::new().await.unwrap();
    compare("schema/src/tables.rs", &server::print::tables(&database.url).await.unwrap(), "tables");
}
