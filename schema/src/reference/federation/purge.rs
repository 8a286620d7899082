//! Forgetting log-ins that came to nothing. Those that did are gone with their last step.

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use super::rules::ATTEMPT_LIFE;
use super::store;
use crate::foundation::database::Conn;

/// Log-ins of each sort deleted in one statement.
const BATCH: i64 = 1000;

/// How many log-ins [`forget_log_ins`] would forget.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn stale_log_ins(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    store::count_before(conn, now - ATTEMPT_LIFE).await
}

/// Forgets about `cap` log-ins that nobody can end any more, and says how many. A second run does nothing.
///
/// # Errors
/// When PostgreSQL refuses; what was deleted before stays deleted.
pub async fn forget_log_ins(conn: &mut Conn, now: DateTime<Utc>, cap: usize) -> QueryResult<usize> {
    let mut gone = 0;
    while gone < cap {
        let batch = store::forget_before(conn, now - ATTEMPT_LIFE, BATCH).await?;
        gone += batch;
        if batch == 0 {
            break;
        }
    }
    Ok(gone)
}
