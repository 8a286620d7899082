//! Forgetting log-ins that came to nothing. Those that did are gone with their last step.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use futures_util::FutureExt;

use super::rules::ATTEMPT_LIFE;
use super::store;
use crate::foundation::batches::until_none;
use crate::foundation::database::Conn;

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
    until_none(conn, cap, move |conn, rows| {
        store::forget_before(conn, now - ATTEMPT_LIFE, rows).boxed()
    })
    .await
}
