//! Forgetting sessions that ended. What they changed stays in the audit trail.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use futures_util::FutureExt;

use super::store;
use crate::foundation::batches::until_none;
use crate::foundation::database::Conn;

/// How long a session stays after it expired or was revoked, for whoever looks into an incident (ours).
const KEPT: TimeDelta = TimeDelta::days(7);

/// How many sessions [`forget_sessions`] would forget.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn ended_sessions(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    store::ended_sessions(conn, now - KEPT).await
}

/// Forgets at most `cap` sessions that ended a week ago, and says how many. A second run does nothing.
///
/// # Errors
/// When PostgreSQL refuses; what was deleted before stays deleted.
pub async fn forget_sessions(
    conn: &mut Conn,
    now: DateTime<Utc>,
    cap: usize,
) -> QueryResult<usize> {
    until_none(conn, cap, move |conn, rows| store::delete_sessions(conn, now - KEPT, rows).boxed())
        .await
}
