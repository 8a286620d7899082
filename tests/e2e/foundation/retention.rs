//! Every column is classified: personal or not, why it is held, how long.

use std::collections::BTreeSet;

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use tests::database::Database;

use super::committed::file;

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

fn rows() -> Vec<(String, toml::Value)> {
    let table: toml::Table = file("schema/retention.toml").parse().expect("TOML");
    let mut rows = Vec::new();
    for (name, columns) in table {
        let columns =
            columns.as_table().unwrap_or_else(|| panic!("{name} is no table of columns")).clone();
        rows.extend(columns.into_iter().map(|(column, row)| (format!("{name}.{column}"), row)));
    }
    rows
}

#[tokio::test]
async fn the_columns_of_the_file_are_those_of_the_database() {
    let database = Database::new().await.unwrap();
    let mut conn = AsyncPgConnection::establish(&database.url).await.unwrap();
    let query = "select c.table_name || '.' || c.column_name as name from information_schema.columns c
        join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.table_name <> '__diesel_schema_migrations'";
    let live: Vec<Column> = diesel::sql_query(query).load(&mut conn).await.unwrap();
    let live: BTreeSet<String> = live.into_iter().map(|column| column.name).collect();
    let classified: BTreeSet<String> = rows().into_iter().map(|(name, _)| name).collect();
    let (missing, stale): (Vec<_>, Vec<_>) =
        (live.difference(&classified).collect(), classified.difference(&live).collect());
    assert!(missing.is_empty(), "classify these in schema/retention.toml: {missing:?}");
    assert!(stale.is_empty(), "take these out of schema/retention.toml: {stale:?}");
    assert!(live.len() > 100, "{live:?}");
}

#[test]
fn each_row_says_whether_why_and_how_long() {
    for (name, row) in rows() {
        let row = row.as_table().unwrap_or_else(|| panic!("{name} is no row"));
        let keys: BTreeSet<&str> = row.keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["keep", "personal", "purpose"]), "{name}");
        let text = |key: &str| {
            row[key].as_str().unwrap_or_else(|| panic!("{name}.{key} is no text")).trim()
        };
        assert!(
            ["no", "direct", "indirect"].contains(&text("personal")),
            "{name}: « {} »",
            text("personal")
        );
        assert!(!text("purpose").is_empty() && !text("keep").is_empty(), "{name}");
        // Whoever adds a column named like these thinks twice before calling it anonymous.
        let column = name.rsplit('.').next().unwrap();
        if column.contains("email") && !column.ends_with("_id")
            || ["password_hash", "pseudonym", "display_name", "sender_name"].contains(&column)
        {
            assert_ne!(text("personal"), "no", "{name}");
        }
    }
}
