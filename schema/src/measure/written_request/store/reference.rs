//! The next free reference of a structure and year.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::tables::written_request;

/// Lets one registration at a time take the next number of a structure and year; the lock falls with
/// the transaction.
pub(in super::super) async fn lock_references(
    conn: &mut Conn,
    structure_id: i64,
    year: i32,
) -> QueryResult<()> {
    let key = format!("written-request-reference:{structure_id}:{year}");
    diesel::select(
        sql::<Bool>("pg_advisory_xact_lock(hashtextextended(")
            .bind::<Text, _>(key)
            .sql(", 0)) is not null"),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The highest reference of a structure that reads `<year>-` and `width` digits; one look-up from the
/// end of the unique index.
pub(in super::super) async fn highest_reference(
    conn: &mut Conn,
    structure_id: i64,
    year: i32,
    width: usize,
) -> QueryResult<Option<String>> {
    let bound = |digit: &str| format!("{year}-{}", digit.repeat(width));
    written_request::table
        .filter(written_request::structure_id.eq(structure_id))
        .filter(written_request::reference.between(bound("0"), bound("9")))
        .filter(
            sql::<Bool>("written_request.reference ~ ")
                .bind::<Text, _>(format!("^{year}-[0-9]{{{width}}}$")),
        )
        .order(written_request::reference.desc())
        .select(written_request::reference)
        .first(conn)
        .await
        .optional()
}
