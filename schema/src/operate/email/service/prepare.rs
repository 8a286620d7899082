//! Taking the row of a message before anything is sent.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncConnection;

use super::super::model::{Letter, MailStatus, NewEmail, Prepared};
use super::super::rules;
use super::super::store::{self, Change};
use super::settle::interrupted;
use crate::foundation::database::Conn;
use crate::foundation::settings::Settings;
use crate::operate::job;
use crate::operate::job::model::Claimed;

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
        let key = (
            letter.kind,
            letter.subject.as_str(),
            letter.stage.as_str(),
            letter.recipient.as_str(),
        );
        let mut row = store::lock(conn, key).await?;
        // A run that is at it keeps its row, even before it sends: two that take it from each other both lose.
        if let Some(other) = row.job_id.filter(|other| *other != job.id)
            && matches!(row.status, MailStatus::Prepared | MailStatus::Sending)
            && job::service::is_running(conn, other).await?
        {
            return Ok(Prepared::Busy);
        }
        if !job::service::holds(conn, job).await? {
            return Ok(Prepared::Lost);
        }
        if row.status == MailStatus::Sending {
            row = interrupted(conn, now, row).await?;
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
