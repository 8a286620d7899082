//! Counting, and saying when it is too often.

use diesel::QueryResult;

use super::rules::{self, Kind, OVER};
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;

/// The secret of this installation, for marks that are made outside too: the same on every server. It is read once for
/// each program, and kept with the application: it never changes, and every attempt needs it.
///
/// # Errors
/// When PostgreSQL refuses; the next one who asks reads it then.
pub async fn secret<'a>(app: &'a App, conn: &mut Conn) -> QueryResult<&'a [u8]> {
    // Nothing is asked before somebody needs the answer.
    let read = store::secret(conn);
    app.attempt_secret.get_or_try_init(|| read).await.map(Vec::as_slice)
}

/// Whether somebody was counted so often within [`OVER`] that they must wait.
///
/// # Errors
/// When PostgreSQL refuses.
async fn exceeded(
    conn: &mut Conn,
    app: &App,
    kind: Kind,
    who: &str,
    limit: i64,
) -> QueryResult<bool> {
    let mark = rules::mark(secret(app, conn).await?, kind, who);
    Ok(store::since(conn, &mark, app.clock.now() - OVER).await? >= limit)
}

/// Counts somebody once more.
///
/// # Errors
/// When PostgreSQL refuses.
async fn count(conn: &mut Conn, app: &App, kind: Kind, who: &str) -> QueryResult<()> {
    let mark = rules::mark(secret(app, conn).await?, kind, who);
    store::add(conn, &mark, app.clock.now()).await.map(|_| ())
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
    app: &App,
    counts: &[(Kind, &str, i64)],
) -> QueryResult<Option<Counted>> {
    let (secret, now) = (secret(app, conn).await?, app.clock.now());
    let (mut ids, mut exceeded) = (Vec::new(), false);
    for (kind, who, limit) in counts {
        let mark = rules::mark(secret, *kind, who);
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

/// Counts what somebody without account sends in. Agents are known, and may be many behind one address.
///
/// # Errors
/// `TOO_MANY_ATTEMPTS`.
pub async fn submission(conn: &mut Conn, app: &App, caller: &Caller) -> Result<()> {
    if caller.actor.account_id().is_some() {
        return Ok(());
    }
    let counts = [(Kind::Submission, caller.origin.as_str(), app.settings.submissions)];
    match take(conn, app, &counts).await? {
        Some(_) => Ok(()),
        None => Err(rules::refusal(&["input"]).into()),
    }
}

/// Whether somebody tried too many one-time links or codes that are none of ours.
///
/// # Errors
/// `TOO_MANY_ATTEMPTS`.
pub async fn tokens(conn: &mut Conn, app: &App, caller: &Caller) -> Result<()> {
    let limit = app.settings.token_attempts;
    if exceeded(conn, app, Kind::Token, &caller.origin, limit).await? {
        return Err(rules::refusal(&["input"]).into());
    }
    Ok(())
}

/// Counts one that is none of ours.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn wrong_token(conn: &mut Conn, app: &App, caller: &Caller) -> Result<()> {
    Ok(count(conn, app, Kind::Token, &caller.origin).await?)
}
