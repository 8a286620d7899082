//! Messages that no run will look at again.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncConnection;
use futures_util::FutureExt;

use super::super::model::MailStatus;
use super::super::rules;
use super::super::store::{self, Change};
use crate::foundation::batches::until_none;
use crate::foundation::database::Conn;

/// Settles messages whose job was cancelled, died or was forgotten while they were on their way, as `rules::after_job`
/// says. Gives how many.
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
                let status = rules::after_job(row.status, row.kind);
                let reason = if status == MailStatus::Skipped { WAITING } else { LEAVING };
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
