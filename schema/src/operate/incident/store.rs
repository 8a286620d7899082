//! Queries on incidents.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Incident, Sight, Trouble, Watch};
use crate::foundation::database::Conn;
use crate::foundation::keyset::newest_first;
use crate::foundation::page::Page;
use crate::tables::{incident, incident_watch};

/// Takes the turn to look, when the last look is at least `apart` ago, or dated so far ahead by a clock that was wrong;
/// gives what was known of looks until now. Whoever gets it is alone until it commits.
pub(super) async fn take_turn(
    conn: &mut Conn,
    now: DateTime<Utc>,
    apart: TimeDelta,
) -> QueryResult<Option<Watch>> {
    let first = Watch { watched_at: now, steady_since: now };
    let row = (
        incident_watch::single.eq(true),
        incident_watch::watched_at.eq(first.watched_at),
        incident_watch::steady_since.eq(first.steady_since),
    );
    let insert = diesel::insert_into(incident_watch::table).values(row);
    if insert.on_conflict_do_nothing().execute(conn).await? == 1 {
        return Ok(Some(first));
    }
    incident_watch::table
        .filter(
            incident_watch::watched_at
                .le(now - apart)
                .or(incident_watch::watched_at.gt(now + apart)),
        )
        .select(Watch::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Writes down that somebody looked.
pub(super) async fn watched(conn: &mut Conn, watch: Watch) -> QueryResult<()> {
    diesel::update(incident_watch::table)
        .set((
            incident_watch::watched_at.eq(watch.watched_at),
            incident_watch::steady_since.eq(watch.steady_since),
        ))
        .execute(conn)
        .await
        .map(|_| ())
}

/// What is open, in the order in which it began.
pub(super) async fn open(conn: &mut Conn) -> QueryResult<Vec<Incident>> {
    incident::table
        .filter(incident::closed_at.is_null())
        .order(incident::id)
        .select(Incident::as_select())
        .load(conn)
        .await
}

/// Opens an incident; gives its number.
pub(super) async fn begin(
    conn: &mut Conn,
    trouble: &Trouble,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    diesel::insert_into(incident::table)
        .values((
            incident::kind.eq(trouble.kind),
            incident::subject.eq(&trouble.subject),
            incident::figure.eq(trouble.figure),
            incident::opened_at.eq(now),
            incident::seen_at.eq(now),
            incident::told.eq(trouble.figure),
        ))
        .returning(incident::id)
        .get_result(conn)
        .await
}

/// Sees an open incident again.
pub(super) async fn see(conn: &mut Conn, id: i64, sight: &Sight) -> QueryResult<()> {
    diesel::update(incident::table.find(id)).set(sight).execute(conn).await.map(|_| ())
}

/// Closes an incident.
pub(super) async fn close(conn: &mut Conn, id: i64, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(incident::table.find(id))
        .set(incident::closed_at.eq(now))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Those of these incidents that exist.
pub(super) async fn by_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Incident>> {
    incident::table.filter(incident::id.eq_any(ids)).select(Incident::as_select()).load(conn).await
}

fn filtered(open: Option<bool>) -> incident::BoxedQuery<'static, diesel::pg::Pg> {
    let query = incident::table.into_boxed();
    match open {
        None => query,
        Some(true) => query.filter(incident::closed_at.is_null()),
        Some(false) => query.filter(incident::closed_at.is_not_null()),
    }
}

/// One page, newest first, with one row more than asked when there are more.
pub(super) async fn page(
    conn: &mut Conn,
    open: Option<bool>,
    page: &Page,
) -> QueryResult<Vec<Incident>> {
    newest_first!(filtered(open), incident::id, page).select(Incident::as_select()).load(conn).await
}

/// How many incidents there are.
pub(super) async fn total(conn: &mut Conn, open: Option<bool>) -> QueryResult<i64> {
    filtered(open).count().get_result(conn).await
}
