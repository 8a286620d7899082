//! The moment a message leaves our hands, and what came of it.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as Refused};
use diesel_async::AsyncConnection;

use super::super::model::{Email, HandOver, MailStatus};
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
    let from =
        [MailStatus::Sending, MailStatus::Prepared, MailStatus::Uncertain, MailStatus::Failed];
    store::change(conn, id, &from, change).await.map(|_| ())
}

/// Writes down that a message was not taken this time and will be tried again; nothing by a run that lost its lease.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn record_postponed(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    id: i64,
    reason: &str,
) -> QueryResult<()> {
    not_taken(conn, now, job, id, MailStatus::Prepared, reason).await
}

/// Writes down that a message was refused for good; nothing by a run that lost its lease.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn record_failed(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    id: i64,
    reason: &str,
) -> QueryResult<()> {
    not_taken(conn, now, job, id, MailStatus::Failed, reason).await
}

async fn not_taken(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    id: i64,
    to: MailStatus,
    reason: &str,
) -> QueryResult<()> {
    conn.transaction(async |conn| {
        // Whoever wakes late must not take the message out of its successor's hands.
        if !job::service::holds(conn, job).await? {
            return Ok(());
        }
        let from = [MailStatus::Prepared, MailStatus::Sending];
        if store::change(conn, id, &from, Change::to(to, Some(reason), now)).await?.is_some() {
            store::set_told(conn, id, false).await?;
        }
        Ok(())
    })
    .await
}
