//! Messages that no run will look at again.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncConnection;
use futures_util::FutureExt;

use super::super::model::MailStatus;
use super::super::rules::{self, Interruption};
use super::super::store::{self, Change};
use crate::foundation::batches::until_none;
use crate::foundation::database::Conn;

/// Settles messages that no run will look at again, because their job was cancelled, died or was forgotten while they were
/// on their way: what may have left is for an operator to judge, or counts as failed so that what it tells is told again;
/// what cannot have left is skipped. Gives how many.
///
/// # Errors
/// When PostgreSQL refuses; what was done before stays done.
pub async fn settle_forsaken(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    const LEAVING: &str = "Sa tâche a pris fin pendant l'envoi : il est peut-être parti.";
    const WAITING: &str = "Sa tâche a pris fin avant l'envoi.";
    until_none(conn, usize::MAX, |conn, batch| {
        conn.transaction(async move |conn| {
            let rows = store::forsaken(conn, now - rules::FORSAKEN_AFTER, batch).await?;
            for row in &rows {
                let repeated = rules::after_interruption(row.kind) == Interruption::Repeat;
                let (status, reason) = match row.status {
                    MailStatus::Sending if repeated => (MailStatus::Failed, LEAVING),
                    MailStatus::Sending => (MailStatus::Uncertain, LEAVING),
                    _ => (MailStatus::Skipped, WAITING),
                };
                if status != MailStatus::Uncertain {
                    store::set_told(conn, row.id, false).await?;
                }
                let change = Change::to(status, Some(reason), now);
                store::change(conn, row.id, &[row.status], change).await?;
            }
            Ok(rows.len())
        })
        .boxed()
    })
    .await
}

/// How many messages [`settle_forsaken`] would settle.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn count_forsaken(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    store::count_forsaken(conn, now - rules::FORSAKEN_AFTER).await
}
