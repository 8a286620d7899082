//! Forgetting sessions that ended. What they changed stays in the audit trail.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;

use super::store;
use crate::foundation::database::Conn;

/// How long an expired session stays, for whoever looks into an incident (ours).
const KEPT: TimeDelta = TimeDelta::days(7);
/// Sessions deleted in one statement.
const BATCH: i64 = 1000;

/// How many sessions [`forget_sessions`] would forget.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn expired_sessions(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    store::expired_sessions(conn, now - KEPT).await
}

/// Forgets at most `cap` sessions that expired a week ago, and says how many. A second run does nothing.
///
/// # Errors
/// When PostgreSQL refuses; what was deleted before stays deleted.
pub async fn forget_sessions(
    conn: &mut Conn,
    now: DateTime<Utc>,
    cap: usize,
) -> QueryResult<usize> {
    let mut gone = 0;
    while gone < cap {
        let batch = store::delete_sessions(conn, now - KEPT, BATCH).await?;
        gone += batch;
        if batch == 0 {
            break;
        }
    }
    Ok(gone)
}
