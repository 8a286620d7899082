//! Forgetting attempts that count no more.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use futures_util::FutureExt;

use super::rules::OVER;
use super::store;
use crate::foundation::batches::until_none;
use crate::foundation::database::Conn;

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
    until_none(conn, usize::MAX, move |conn, rows| {
        store::delete_before(conn, now - OVER, rows).boxed()
    })
    .await
}
