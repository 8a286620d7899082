//! Forgetting attempts that count no more.

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use super::rules::OVER;
use super::store;
use crate::foundation::database::Conn;

/// Attempts deleted in one statement.
const BATCH: i64 = 1000;

/// How many attempts [`forget_attempts`] would forget.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn forgiven_attempts(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    store::count_before(conn, now - OVER).await
}

/// Forgets the attempts that count no more, and says how many. A second run does nothing.
///
/// # Errors
/// When PostgreSQL refuses; what was deleted before stays deleted.
pub async fn forget_attempts(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    let mut gone = 0;
    loop {
        match store::delete_before(conn, now - OVER, BATCH).await? {
            0 => return Ok(gone),
            batch => gone += batch,
        }
    }
}
