//! Forgetting attempts that count no more.

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use super::rules::OVER;
use super::store;
use crate::foundation::database::Conn;

/// Attempts deleted in one statement.
const BATCH: usize = 1000;

/// How many attempts [`forget_attempts`] would forget.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn forgiven_attempts(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    store::count_before(conn, now - OVER).await
}

/// Forgets at most `cap` attempts that count no more, and says how many. A second run does nothing.
///
/// # Errors
/// When PostgreSQL refuses; what was deleted before stays deleted.
pub async fn forget_attempts(
    conn: &mut Conn,
    now: DateTime<Utc>,
    cap: usize,
) -> QueryResult<usize> {
    let mut gone = 0;
    while gone < cap {
        let limit = i64::try_from(BATCH.min(cap - gone)).unwrap_or(i64::MAX);
        let batch = store::delete_before(conn, now - OVER, limit).await?;
        gone += batch;
        if batch == 0 {
            break;
        }
    }
    Ok(gone)
}
