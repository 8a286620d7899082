//! Messages that did not go their way: interrupted, abandoned, left out.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncConnection;

use super::super::model::{Email, MailStatus, NewEmail, Skipped};
use super::super::rules::{self, Interruption};
use super::super::store::{self, Change};
use crate::foundation::database::Conn;
use crate::foundation::settings::Settings;
use crate::operate::job;
use crate::operate::job::model::Claimed;

/// Settles what an earlier run of a job left in the middle of its hand-over, before the job looks at
/// what there is to tell. Gives the rows that an operator must judge, also those that waited for that already;
/// `None` when the lease was lost meanwhile: what stands there is another run's.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn settle_interrupted(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
) -> QueryResult<Option<Vec<Email>>> {
    conn.transaction(async |conn| {
        let sending = store::of_job(conn, job.id, MailStatus::Sending).await?;
        // After the rows are locked, as everywhere: whoever takes the job over waits for them.
        if !job::service::holds(conn, job).await? {
            return Ok(None);
        }
        for row in sending {
            interrupted(conn, now, row).await?;
        }
        store::of_job(conn, job.id, MailStatus::Uncertain).await.map(Some)
    })
    .await
}

pub(super) async fn interrupted(
    conn: &mut Conn,
    now: DateTime<Utc>,
    row: Email,
) -> QueryResult<Email> {
    let (status, reason) = match rules::after_interruption(row.kind) {
        Interruption::Repeat => {
            store::set_told(conn, row.id, false).await?;
            (MailStatus::Prepared, "Envoi interrompu : repris sous le même Message-ID.")
        }
        Interruption::Uncertain => (
            MailStatus::Uncertain,
            "Envoi interrompu : le message est peut-être parti. Vérifiez sur le serveur de messagerie, \
             puis décidez.",
        ),
    };
    let change = Change::to(status, Some(reason), now);
    Ok(store::change(conn, row.id, &[MailStatus::Sending], change).await?.unwrap_or(row))
}

/// Closes what a job had prepared in an earlier run and has no reason to send any more, `kept` excepted; nothing by a run
/// that lost its lease.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn close_abandoned(
    conn: &mut Conn,
    now: DateTime<Utc>,
    job: &Claimed,
    kept: Option<i64>,
) -> QueryResult<()> {
    const REASON: &str = "Plus rien à dire au moment de l'envoi.";
    conn.transaction(async |conn| {
        let prepared = store::of_job(conn, job.id, MailStatus::Prepared).await?;
        if !job::service::holds(conn, job).await? {
            return Ok(());
        }
        for row in prepared {
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
