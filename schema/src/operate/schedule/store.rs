//! Queries on the schedules.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::tables::schedule;

/// Where every known schedule stands.
pub(super) async fn all(conn: &mut Conn) -> QueryResult<Vec<(String, DateTime<Utc>)>> {
    schedule::table.order(schedule::name).load(conn).await
}

/// Makes the row of a schedule; one that exists stays.
pub(super) async fn begin(
    conn: &mut Conn,
    name: &str,
    last_tick: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(schedule::table)
        .values((schedule::name.eq(name), schedule::last_tick.eq(last_tick)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map(|_| ())
}

/// Where a schedule stands, locked until the transaction ends. The row must exist.
pub(super) async fn lock(conn: &mut Conn, name: &str) -> QueryResult<DateTime<Utc>> {
    schedule::table.find(name).select(schedule::last_tick).for_update().first(conn).await
}

/// Moves a schedule forward, never back.
pub(super) async fn advance(conn: &mut Conn, name: &str, to: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(schedule::table.find(name).filter(schedule::last_tick.lt(to)))
        .set(schedule::last_tick.eq(to))
        .execute(conn)
        .await
        .map(|_| ())
}
