//! The moment a message leaves our hands, and what came of it.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as Refused};
use diesel_async::AsyncConnection;

use super::super::model::{Email, HandOver, MailStatus, Mention};
use super::super::store::{self, Change};
use crate::foundation::database::Conn;
use crate::operate::job;
use crate::operate::job::model::Claimed;

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
            // Now that the row is ours until the end: whoever takes the job over waits for it.
            if !job::service::holds(conn, job).await? {
                return Err(Refused::RollbackTransaction);
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

/// Writes down that the mail server took a message, and with it what it `told`. Repeat it until it succeeds: the message
/// is gone.
///
/// # Errors
/// When PostgreSQL refuses, also because another message tells some of it at this moment.
pub async fn record_sent(
    conn: &mut Conn,
    now: DateTime<Utc>,
    row: &Email,
    told: &[Mention],
) -> QueryResult<()> {
    conn.transaction(async |conn| {
        let found = store::lock_one(conn, row.id).await?;
        let change = Change { sent_at: Some(now), ..Change::to(MailStatus::Sent, None, now) };
        // Whatever the row says by now: the server has taken the message, and that is the truth.
        let from = MailStatus::ALL.iter().copied().filter(|status| *status != MailStatus::Sent);
        store::change(conn, row.id, &from.collect::<Vec<_>>(), change).await?;
        // Somebody took the row over while the answer was on its way: what they make of it is not what this one told.
        if found.status != MailStatus::Sending || found.attempts != row.attempts + 1 {
            store::add_told(conn, row, told).await?;
        }
        Ok(())
    })
    .await
}

/// Writes down that a message was not taken this time and will be tried again; nothing by a run that lost its lease.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn record_postponed(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    row: &Email,
    reason: &str,
) -> QueryResult<()> {
    not_taken(conn, now, job, row, MailStatus::Prepared, reason).await
}

/// Writes down that a message was refused for good; nothing by a run that lost its lease.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn record_failed(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    row: &Email,
    reason: &str,
) -> QueryResult<()> {
    not_taken(conn, now, job, row, MailStatus::Failed, reason).await
}

async fn not_taken(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    row: &Email,
    to: MailStatus,
    reason: &str,
) -> QueryResult<()> {
    let written = conn
        .transaction(async |conn| {
            let from = [MailStatus::Prepared, MailStatus::Sending];
            // A try, also when it was refused before the message could leave.
            let change =
                Change { attempts: Some(row.attempts + 1), ..Change::to(to, Some(reason), now) };
            if store::change(conn, row.id, &from, change).await?.is_some() {
                store::set_told(conn, row.id, false).await?;
            }
            // Whoever wakes late must not take the message out of its successor's hands.
            if job::service::holds(conn, job).await? {
                Ok(())
            } else {
                Err(Refused::RollbackTransaction)
            }
        })
        .await;
    match written {
        Err(Refused::RollbackTransaction) => Ok(()),
        other => other,
    }
}
