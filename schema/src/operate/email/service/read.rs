//! What was told to whom, and the story of a subject.

use std::collections::HashSet;

use diesel::QueryResult;

use super::super::model::{Mention, TimelineEntry, Told};
use super::super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::policy::Action;

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

/// The story of a subject: each message about it and each that mentions it, oldest first.
///
/// # Errors
/// `Unauthenticated`, `Forbidden`.
pub async fn timeline(app: &App, caller: &Caller, subject: &str) -> Result<Vec<TimelineEntry>> {
    caller.actor.scope(Action::ReadOperations)?;
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
