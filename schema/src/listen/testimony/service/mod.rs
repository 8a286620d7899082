//! The use cases of testimonies: tell, publish, reject, read.

mod moderate;
mod read;
mod submit;

pub use moderate::{publish, reject};
pub use read::{by_id, by_ids, by_number, count, experiences, list, told};
pub use submit::{Submission, submit};

use chrono::{DateTime, Utc};
use serde_json::json;

use super::model::{EventKind, Testimony};
use crate::foundation::actor::Caller;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::operate::job::{self, JobKind, NewJob};

/// Writes the trail of a change.
async fn record(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    action: &str,
    row: &Testimony,
) -> Result<()> {
    let subject = format!("testimony:{}", row.id);
    Ok(audit::record(conn, now, caller, action, &subject, Some(row.structure_id)).await?)
}

/// Leaves a job that tells live listeners, in the same commit as the change.
async fn announce(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    kind: EventKind,
    id: i64,
) -> Result<()> {
    let job = NewJob::new(JobKind::BroadcastEvent, json!({ "kind": kind, "testimony": id }))
        .unique(format!("broadcast:{kind}:{id}"))
        .request(&caller.request_id);
    job::enqueue(conn, now, job).await?;
    Ok(())
}
