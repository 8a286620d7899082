//! Queries on commitments.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Commitment;
use crate::foundation::database::Conn;
use crate::tables::commitment;

/// The commitments of one version, or of the latest, in order. An unknown version has none.
pub(super) async fn of_version(
    conn: &mut Conn,
    version: Option<i16>,
) -> QueryResult<Vec<Commitment>> {
    let latest = match version {
        Some(version) => Some(version),
        None => commitment::table.select(diesel::dsl::max(commitment::version)).first(conn).await?,
    };
    commitment::table
        .filter(commitment::version.eq(latest.unwrap_or_default()))
        .order(commitment::code)
        .select(Commitment::as_select())
        .load(conn)
        .await
}

/// The commitments with these ids; unknown ids are simply missing.
pub(super) async fn by_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Commitment>> {
    commitment::table
        .filter(commitment::id.eq_any(ids))
        .select(Commitment::as_select())
        .load(conn)
        .await
}
