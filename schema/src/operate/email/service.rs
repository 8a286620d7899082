//! Writing the ledger as a message travels, and telling its story.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as Refused};
use diesel_async::AsyncConnection;

use super::model::{
    Email, HandOver, Letter, MailStatus, Mention, NewEmail, Prepared, Skipped, TimelineEntry, Told,
};
use super::rules::{self, Interruption};
use super::store::{self, Change};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::policy::Action;
use crate::foundation::settings::Settings;
use crate::operate::job;
use crate::operate::job::model::Claimed;

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

/// Takes the row of a message, or makes it. Whoever gets [`Prepared::Send`] is the only one to send.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn prepare(
    conn: &mut Conn,
    now: DateTime<Utc>,
    settings: &Settings,
    job: &Claimed,
    letter: &Letter,
) -> QueryResult<Prepared> {
    conn.transaction(async |conn| {
        let id = message_id(letter, settings);
        let new = NewEmail {
            kind: letter.kind,
            subject: &letter.subject,
            stage: &letter.stage,
            recipient: &letter.recipient,
            message_id: &id,
            status: MailStatus::Prepared,
            reason: None,
            job_id: Some(job.id),
            prepared_at: now,
            updated_at: now,
        };
        store::insert(conn, &new).await?;
        let key =
            (letter.kind, letter.subject.as_str(), letter.stage.as_str(), letter.recipient.as_str());
        let mut row = store::lock(conn, key).await?;
        if row.status == MailStatus::Sending {
            let other = row.job_id.filter(|other| *other != job.id);
            if let Some(other) = other
                && job::service::is_running(conn, other).await?
            {
                return Ok(Prepared::Busy);
            }
            row = interrupted(conn, now, row).await?;
            if row.status == MailStatus::Uncertain {
                return Ok(Prepared::Settled(row.status, row.id));
            }
        }
        if !rules::may_take_up(row.status) {
            return Ok(Prepared::Settled(row.status, row.id));
        }
        let change = Change {
            job_id: Some(job.id),
            ..Change::to(MailStatus::Prepared, row.reason.as_deref(), now)
        };
        let Some(row) = store::change(conn, row.id, &[row.status], change).await? else {
            return Ok(Prepared::Busy);
        };
        store::replace_mentions(conn, &row, &letter.mentions).await?;
        Ok(Prepared::Send(row))
    })
    .await
}

fn message_id(letter: &Letter, settings: &Settings) -> String {
    let key = [letter.kind.as_str(), &letter.subject, &letter.stage, &letter.recipient];
    rules::message_id(key, &settings.public_url)
}

/// Writes down why a prepared message waits.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn note(conn: &mut Conn, now: DateTime<Utc>, id: i64, reason: &str) -> QueryResult<()> {
    let change = Change::to(MailStatus::Prepared, Some(reason), now);
    store::change(conn, id, &[MailStatus::Prepared], change).await.map(|_| ())
}

/// Writes down that a message leaves our hands now. Commit it, then send, then [`record_sent`]: only
/// between these two is its fate unknown. A run that lost its lease may not go on.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn mark_sending(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    row: &Email,
) -> QueryResult<HandOver> {
    let marked = conn
        .transaction(async |conn| {
            if !job::service::holds(conn, job).await? {
                return Ok(HandOver::Lost);
            }
            let change = Change {
                attempts: Some(row.attempts + 1),
                sending_at: Some(now),
                ..Change::to(MailStatus::Sending, None, now)
            };
            match store::change(conn, row.id, &[MailStatus::Prepared], change).await? {
                Some(taken) if taken.job_id == Some(job.id) => {}
                // Another job took the row over: undo the change with the transaction.
                Some(_) => return Err(Refused::RollbackTransaction),
                None => return Ok(HandOver::Lost),
            }
            store::set_told(conn, row.id, true).await?;
            Ok(HandOver::Go)
        })
        .await;
    match marked {
        Err(Refused::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Ok(HandOver::ToldMeanwhile)
        }
        Err(Refused::RollbackTransaction) => Ok(HandOver::Lost),
        other => other,
    }
}

/// Writes down that the mail server took a message. Repeat it until it succeeds: the message is gone.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn record_sent(conn: &mut Conn, now: DateTime<Utc>, id: i64) -> QueryResult<()> {
    let change = Change { sent_at: Some(now), ..Change::to(MailStatus::Sent, None, now) };
    // Whatever the row says by now: the server has taken the message, and that is the truth.
    let from = [MailStatus::Sending, MailStatus::Prepared, MailStatus::Uncertain, MailStatus::Failed];
    store::change(conn, id, &from, change).await.map(|_| ())
}

/// Writes down that a message was not taken this time and will be tried again.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn record_postponed(
    conn: &mut Conn,
    now: DateTime<Utc>,
    id: i64,
    reason: &str,
) -> QueryResult<()> {
    not_taken(conn, now, id, MailStatus::Prepared, reason).await
}

/// Writes down that a message was refused for good.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn record_failed(
    conn: &mut Conn,
    now: DateTime<Utc>,
    id: i64,
    reason: &str,
) -> QueryResult<()> {
    not_taken(conn, now, id, MailStatus::Failed, reason).await
}

async fn not_taken(
    conn: &mut Conn,
    now: DateTime<Utc>,
    id: i64,
    to: MailStatus,
    reason: &str,
) -> QueryResult<()> {
    conn.transaction(async |conn| {
        let from = [MailStatus::Prepared, MailStatus::Sending];
        if store::change(conn, id, &from, Change::to(to, Some(reason), now)).await?.is_some() {
            store::set_told(conn, id, false).await?;
        }
        Ok(())
    })
    .await
}

/// Settles what an earlier run of a job left in the middle of its hand-over, before the job looks at
/// what there is to tell. Gives the rows that an operator must judge.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn settle_interrupted(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job_id: i64,
) -> QueryResult<Vec<Email>> {
    conn.transaction(async |conn| {
        let mut uncertain = vec![];
        for row in store::of_job(conn, job_id, MailStatus::Sending).await? {
            let row = interrupted(conn, now, row).await?;
            if row.status == MailStatus::Uncertain {
                uncertain.push(row);
            }
        }
        Ok(uncertain)
    })
    .await
}

async fn interrupted(conn: &mut Conn, now: DateTime<Utc>, row: Email) -> QueryResult<Email> {
    let (status, reason) = match rules::after_interruption(row.kind) {
        Interruption::Repeat => {
            store::set_told(conn, row.id, false).await?;
            (MailStatus::Prepared, "Envoi interrompu : repris sous le même Message-ID.")
        }
        Interruption::Uncertain => (
            MailStatus::Uncertain,
            "Envoi interrompu : le message est peut-être parti. Vérifiez sur le serveur de messagerie \
             avant de relancer la tâche.",
        ),
    };
    let change = Change::to(status, Some(reason), now);
    Ok(store::change(conn, row.id, &[MailStatus::Sending], change).await?.unwrap_or(row))
}

/// Closes what a job had prepared in an earlier run and has no reason to send any more, `kept` excepted.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn close_abandoned(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job_id: i64,
    kept: Option<i64>,
) -> QueryResult<()> {
    const REASON: &str = "Plus rien à dire au moment de l'envoi.";
    conn.transaction(async |conn| {
        for row in store::of_job(conn, job_id, MailStatus::Prepared).await? {
            if Some(row.id) != kept {
                let change = Change::to(MailStatus::Skipped, Some(REASON), now);
                store::change(conn, row.id, &[MailStatus::Prepared], change).await?;
            }
        }
        Ok(())
    })
    .await
}

/// Writes down, inside the caller's transaction, that a message is deliberately not sent, and why.
/// One that was prepared or sent before stays as it is.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn skipped(
    conn: &mut Conn,
    now: DateTime<Utc>,
    settings: &Settings,
    skipped: &Skipped,
) -> QueryResult<()> {
    let key = [skipped.kind.as_str(), &skipped.subject, &skipped.stage, &skipped.recipient];
    let row = NewEmail {
        kind: skipped.kind,
        subject: &skipped.subject,
        stage: &skipped.stage,
        recipient: &skipped.recipient,
        message_id: &rules::message_id(key, &settings.public_url),
        status: MailStatus::Skipped,
        reason: Some(&skipped.reason),
        job_id: None,
        prepared_at: now,
        updated_at: now,
    };
    store::insert(conn, &row).await.map(|_| ())
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
        mentioning.into_iter().map(|(email, mention)| TimelineEntry { email, mention: Some(mention) }),
    );
    entries.sort_by_key(|entry| entry.email.id);
    Ok(entries)
}
