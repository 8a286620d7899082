//! Putting jobs in. Runs inside the caller's transaction.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Interval};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::super::model::Entry;
use crate::foundation::database::Conn;
use crate::tables::job;

diesel::define_sql_function! {
    /// The earlier of two instants.
    fn least(a: diesel::sql_types::Timestamptz, b: diesel::sql_types::Timestamptz) -> diesel::sql_types::Timestamptz;
}
diesel::define_sql_function! {
    /// The later of two instants.
    fn greatest(a: diesel::sql_types::Timestamptz, b: diesel::sql_types::Timestamptz) -> diesel::sql_types::Timestamptz;
}

/// Inserts a job. `cap` bounds the wait of one that gathers events. Whether it is a new row: no row
/// means that its unique key is taken, which is a success; a waiting row with its debounce key moves.
pub(in super::super) async fn insert(
    conn: &mut Conn,
    entry: Entry,
    cap: Option<chrono::TimeDelta>,
) -> QueryResult<bool> {
    let insert = diesel::insert_into(job::table).values(entry);
    let Some(cap) = cap else {
        return Ok(insert.on_conflict_do_nothing().execute(conn).await? == 1);
    };
    insert
        .on_conflict(job::debounce_key)
        // Spelt out, not bound: PostgreSQL must recognise the index's own condition.
        .filter_target(sql::<Bool>("state = 'READY'"))
        .do_update()
        .set(job::run_at.eq(least(
            greatest(job::run_at, excluded(job::run_at)),
            job::created_at + cap.into_sql::<Interval>(),
        )))
        .returning(sql::<Bool>("xmax = 0"))
        .get_result(conn)
        .await
}

/// Inserts jobs that do not gather events, and says how many were new.
pub(in super::super) async fn insert_many(
    conn: &mut Conn,
    entries: &[Entry],
) -> QueryResult<usize> {
    diesel::insert_into(job::table).values(entries).on_conflict_do_nothing().execute(conn).await
}

/// Makes every worker look at every queue when the transaction commits.
pub(in super::super) async fn wake(conn: &mut Conn) -> QueryResult<()> {
    diesel::sql_query("select pg_notify('job', '*')").execute(conn).await.map(|_| ())
}

/// Hears the names of queues with something new.
pub(in super::super) async fn listen(conn: &mut Conn) -> QueryResult<()> {
    diesel::sql_query("listen job").execute(conn).await.map(|_| ())
}

/// A round trip.
pub(in super::super) async fn ping(conn: &mut Conn) -> QueryResult<()> {
    diesel::sql_query("select 1").execute(conn).await.map(|_| ())
}
