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
async fn exceeded(
    conn: &mut Conn,
    now: DateTime<Utc>,
    kind: Kind,
    who: &str,
    limit: i64,
) -> QueryResult<bool> {
    let mark = rules::mark(&store::secret(conn).await?, kind, who);
    Ok(store::since(conn, &mark, now - OVER).await? >= limit)
}

/// Counts somebody once more.
///
/// # Errors
/// When PostgreSQL refuses.
async fn count(conn: &mut Conn, now: DateTime<Utc>, kind: Kind, who: &str) -> QueryResult<()> {
    let mark = rules::mark(&store::secret(conn).await?, kind, who);
    store::add(conn, &mark, now).await.map(|_| ())
}

/// What was counted of one attempt, until it is forgiven.
pub struct Counted(Vec<i64>);

/// Counts an attempt before it is made, and then looks: those that come at once see each other. `None` when it is one
/// too many; it then counts no more, so that whoever waits is let in again. Outside of any transaction that may roll
/// back.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn take(
    conn: &mut Conn,
    now: DateTime<Utc>,
    counts: &[(Kind, &str, i64)],
) -> QueryResult<Option<Counted>> {
    let secret = store::secret(conn).await?;
    let (mut ids, mut exceeded) = (Vec::new(), false);
    for (kind, who, limit) in counts {
        let mark = rules::mark(&secret, *kind, who);
        ids.push(store::add(conn, &mark, now).await?);
        exceeded |= store::since(conn, &mark, now - OVER).await? > *limit;
    }
    if exceeded {
        store::remove(conn, &ids).await?;
        return Ok(None);
    }
    Ok(Some(Counted(ids)))
}

/// Counts an attempt no more: it was right.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn forgive(conn: &mut Conn, counted: &Counted) -> QueryResult<()> {
    store::remove(conn, &counted.0).await
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
    let counts = [(Kind::Submission, caller.origin.as_str(), app.settings.submissions)];
    match take(conn, app.clock.now(), &counts).await? {
        Some(_) => Ok(()),
        None => Err(rules::refusal(&["input"]).into()),
    }
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
