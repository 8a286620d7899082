//! Texts made from the live database.

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

/// `schema/src/tables.rs` as the database says it should be.
///
/// # Errors
/// When PostgreSQL does not answer.
pub async fn tables(database_url: &str) -> anyhow::Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Text {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let mut conn = AsyncPgConnection::establish(database_url).await?;
    let row: Text = diesel::sql_query(schema::TABLES_SQL.trim_end().trim_end_matches(';'))
        .get_result(&mut conn)
        .await?;
    Ok(row.text)
}
