//! A mail server takes so many messages a second: all workers together keep to it.

use std::time::Duration;

use diesel::QueryResult;

use super::super::store;
use crate::foundation::database::Conn;

/// Reserves the next moment at which a message may leave, and says how long to wait for it. Real time, not the
/// clock of the domain: it is about a machine.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn reserve(conn: &mut Conn, per_second: u32) -> QueryResult<Duration> {
    let wait = store::reserve(conn, 1_000_000 / i64::from(per_second.max(1))).await?;
    Ok(Duration::from_micros(u64::try_from(wait).unwrap_or(0)))
}
