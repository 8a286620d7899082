//! What was told to whom, and the story of a subject.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use super::super::model::{Email, Filter, MailKind, MailStatus, Mention, TimelineEntry, Told};
use super::super::{rules, store};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Scope};

/// Entries of a timeline at most; the newest are kept.
const TIMELINE_LENGTH: i64 = 200;

/// What of a kind was already told about these subjects, and to whom. A thing counts as told from the
/// moment its message leaves our hands, and no longer when that failed.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn told(conn: &mut Conn, kind: &str, subjects: &[String]) -> QueryResult<Vec<Told>> {
    store::told(conn, kind, subjects).await
}

/// What of a kind was already told about these subjects to one person.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn told_to(
    conn: &mut Conn,
    recipient: &str,
    kind: &str,
    subjects: &[String],
) -> QueryResult<HashSet<Mention>> {
    let all = store::told(conn, kind, subjects).await?;
    Ok(all.into_iter().filter(|t| t.recipient == recipient).map(|t| t.mention).collect())
}

/// The story of a subject: each message about it and each that mentions it, oldest first. For whoever shows a scope of
/// [`Action::ReadOperations`].
///
/// # Errors
/// `Forbidden` for another scope.
pub async fn timeline(app: &App, scope: &Scope, subject: &str) -> Result<Vec<TimelineEntry>> {
    scope.of(Action::ReadOperations)?;
    let mut conn = app.pool.get().await?;
    let about = store::about(&mut conn, subject, TIMELINE_LENGTH).await?;
    let mentioning = store::mentioning(&mut conn, subject, TIMELINE_LENGTH).await?;
    let mut entries: Vec<TimelineEntry> =
        about.into_iter().map(|email| TimelineEntry { email, mention: None }).collect();
    entries.extend(
        mentioning
            .into_iter()
            .map(|(email, mention)| TimelineEntry { email, mention: Some(mention) }),
    );
    entries.sort_by_key(|entry| entry.email.id);
    Ok(entries)
}

/// One page of messages, newest first, for whoever shows a scope of [`Action::ReadOperations`].
///
/// # Errors
/// `Forbidden` for another scope.
pub async fn page(app: &App, scope: &Scope, filter: &Filter, page: &Page) -> Result<Slice<Email>> {
    scope.of(Action::ReadOperations)?;
    Ok(Slice::cut(page, store::page(&mut *app.pool.get().await?, filter, page).await?))
}

/// How many messages a filter finds, as [`page`].
///
/// # Errors
/// As [`page`].
pub async fn count(app: &App, scope: &Scope, filter: &Filter) -> Result<i64> {
    scope.of(Action::ReadOperations)?;
    Ok(store::total(&mut *app.pool.get().await?, filter).await?)
}

/// How many messages of each kind stand where; of those at their end, those of the last [`rules::TOTALS_OVER`]. What
/// there is none of is absent. For whoever shows a scope of [`Action::ReadOperations`].
///
/// # Errors
/// As [`page`].
pub async fn totals(app: &App, scope: &Scope) -> Result<Vec<(MailKind, MailStatus, i64)>> {
    scope.of(Action::ReadOperations)?;
    let ended = app.clock.now() - rules::TOTALS_OVER;
    let rows = store::totals(&mut *app.pool.get().await?, ended).await?;
    // A kind of a newer program is not ours to describe.
    let known = |row: store::Total| Some((row.kind.parse().ok()?, row.status, row.count));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Those of these messages that exist.
///
/// # Errors
/// `Unauthenticated`, `Forbidden`.
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Email>> {
    caller.actor.scope(Action::ReadOperations)?;
    Ok(store::by_ids(&mut *app.pool.get().await?, ids).await?)
}

/// How many messages fail: refused for good since an instant, or tried in vain more than once and still waiting.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn failing_since(conn: &mut Conn, since: DateTime<Utc>) -> QueryResult<i64> {
    store::failing_since(conn, since).await
}

/// How many messages are on their way or uncertain, by state, zeros included: for metrics.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn unfinished(conn: &mut Conn) -> QueryResult<Vec<(MailStatus, i64)>> {
    let states = [MailStatus::Prepared, MailStatus::Sending, MailStatus::Uncertain];
    let found = store::standing(conn, &states).await?;
    let of = |state| found.iter().find(|(status, _)| *status == state).map_or(0, |one| one.1);
    Ok(states.into_iter().map(|state| (state, of(state))).collect())
}
