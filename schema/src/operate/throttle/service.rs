//! Counting, and saying when it is too often.

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use super::rules::{self, Kind, OVER};
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;

/// The secret of this installation, for marks that are made outside: the same on every server.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn secret(conn: &mut Conn) -> QueryResult<Vec<u8>> {
    store::secret(conn).await
}

/// Whether somebody was counted so often within [`OVER`] that they must wait.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn exceeded(
    conn: &mut Conn,
    now: DateTime<Utc>,
    kind: Kind,
    who: &str,
    limit: i64,
) -> QueryResult<bool> {
    let mark = rules::mark(&store::secret(conn).await?, kind, who);
    Ok(store::since(conn, &mark, now - OVER).await? >= limit)
}

/// Counts somebody once more. Outside of any transaction that may roll back: a refusal counts, too.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn count(conn: &mut Conn, now: DateTime<Utc>, kind: Kind, who: &str) -> QueryResult<()> {
    let mark = rules::mark(&store::secret(conn).await?, kind, who);
    store::add(conn, &mark, now).await
}

/// Forgets what counts no more; gives how many rows.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn forget(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    store::forget(conn, now - OVER).await
}

/// Counts what somebody without account sends in. Agents are known, and may be many behind one address.
///
/// # Errors
/// `TOO_MANY_ATTEMPTS`.
pub async fn submission(conn: &mut Conn, app: &App, caller: &Caller) -> Result<()> {
    if caller.actor.account_id().is_some() {
        return Ok(());
    }
    let (now, who) = (app.clock.now(), caller.origin.as_str());
    if exceeded(conn, now, Kind::Submission, who, app.settings.submissions).await? {
        return Err(rules::refusal(&["input"]).into());
    }
    Ok(count(conn, now, Kind::Submission, who).await?)
}

/// Whether somebody tried too many one-time links or codes that are none of ours.
///
/// # Errors
/// `TOO_MANY_ATTEMPTS`.
pub async fn tokens(conn: &mut Conn, app: &App, caller: &Caller) -> Result<()> {
    let (now, limit) = (app.clock.now(), app.settings.token_attempts);
    if exceeded(conn, now, Kind::Token, &caller.origin, limit).await? {
        return Err(rules::refusal(&["input"]).into());
    }
    Ok(())
}

/// Counts one that is none of ours.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn wrong_token(conn: &mut Conn, app: &App, caller: &Caller) -> Result<()> {
    Ok(count(conn, app.clock.now(), Kind::Token, &caller.origin).await?)
}
