//! Forgetting what has ended.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use serde_json::{Value, json};

use super::super::{rules, store};
use crate::foundation::database::Conn;

/// Rows per DELETE.
const CHUNK: usize = 1000;

/// Forgets finished jobs, at most `cap` of them, in small batches; a second run does nothing. With
/// `preview` nothing is deleted. Gives the report.
///
/// # Errors
/// When PostgreSQL refuses; what was deleted before stays deleted.
pub async fn forget_finished(
    conn: &mut Conn,
    now: DateTime<Utc>,
    cap: usize,
    preview: bool,
) -> QueryResult<Value> {
    let (before, planned_before) = (now - rules::FINISHED_KEPT, now - rules::SCHEDULED_KEPT);
    let (mut found, mut deleted) = (0, 0);
    while found < cap {
        let limit = CHUNK.min(cap - found);
        let batch = i64::try_from(limit).unwrap_or(i64::MAX);
        let offset = if preview { i64::try_from(found).unwrap_or(i64::MAX) } else { 0 };
        let ids = store::finished(conn, before, planned_before, batch, offset).await?;
        found += ids.len();
        if !preview && !ids.is_empty() {
            let gone = store::delete_finished(conn, &ids).await?;
            deleted += gone;
            if gone == 0 {
                break; // all changed under our hands: the next run looks again
            }
        }
        if ids.len() < limit {
            break;
        }
    }
    Ok(json!({ "finished_jobs": { "found": found, "deleted": deleted, "before": before } }))
}
