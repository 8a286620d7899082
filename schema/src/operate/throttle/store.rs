//! Queries on attempts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::tables::{attempt, attempt_secret};

/// The secret of the marks.
pub(super) async fn secret(conn: &mut Conn) -> QueryResult<Vec<u8>> {
    attempt_secret::table.select(attempt_secret::secret).first(conn).await
}

/// How often a mark was counted after an instant.
pub(super) async fn since(conn: &mut Conn, mark: &[u8], after: DateTime<Utc>) -> QueryResult<i64> {
    let rows = attempt::table.filter(attempt::key.eq(mark)).filter(attempt::at.gt(after));
    rows.count().get_result(conn).await
}

/// Counts a mark once more; gives the number of the row.
pub(super) async fn add(conn: &mut Conn, mark: &[u8], now: DateTime<Utc>) -> QueryResult<i64> {
    let row = (attempt::key.eq(mark), attempt::at.eq(now));
    let insert = diesel::insert_into(attempt::table).values(row);
    insert.returning(attempt::id).get_result(conn).await
}

/// Takes back what was counted.
pub(super) async fn remove(conn: &mut Conn, ids: &[i64]) -> QueryResult<()> {
    let rows = attempt::table.filter(attempt::id.eq_any(ids));
    diesel::delete(rows).execute(conn).await.map(|_| ())
}

/// How much was counted before an instant.
pub(super) async fn count_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<i64> {
    attempt::table.filter(attempt::at.le(before)).count().get_result(conn).await
}

/// Forgets what was counted before an instant, oldest first, at most `limit`.
pub(super) async fn delete_before(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    let oldest = diesel::alias!(attempt as oldest);
    let ids = oldest
        .filter(oldest.field(attempt::at).le(before))
        .order(oldest.field(attempt::at))
        .select(oldest.field(attempt::id))
        .limit(limit);
    diesel::delete(attempt::table.filter(attempt::id.eq_any(ids))).execute(conn).await
}
