//! The use cases of the register: keep it and read it.

mod acknowledge;
mod answer;
mod read;
mod register;

pub use acknowledge::{Acknowledgement, acknowledge};
pub use answer::{Answer, answer};
pub use read::{by_id, by_ids, count, list, same_sender};
pub use register::{Registration, register};

use chrono::{DateTime, Utc};
use serde_json::json;

pub use super::error::Error;
use super::model::WrittenRequest;
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::{Error as Outcome, Refuse, Result};
use crate::foundation::policy::Action;
use crate::operate::job::{self, JobKind, NewJob};
use crate::reference::structure;

/// The request, locked, if the caller may change it; one of another structure is as if absent.
async fn lock(conn: &mut Conn, caller: &Caller, id: i64) -> Result<WrittenRequest> {
    caller.actor.scope(Action::KeepWrittenRequests)?;
    let request = store::lock(conn, id).await?.ok_or(Outcome::NotFound)?;
    let structure = structure::service::find(conn, request.structure_id).await?;
    let path = structure.map(|structure| structure.path).unwrap_or_default();
    caller.actor.authorise(Action::KeepWrittenRequests, &path)?;
    Ok(request)
}

/// Writes the trail of a change.
async fn record(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    action: &str,
    request: &WrittenRequest,
) -> Result<()> {
    let subject = format!("written-request:{}", request.id);
    Ok(audit::record(conn, now, caller, action, &subject, Some(request.structure_id)).await?)
}

/// Leaves the job that acknowledges a request to its sender: one for ever.
async fn enqueue_acknowledgement(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    id: i64,
) -> Result<()> {
    let job = NewJob::new(JobKind::AcknowledgeWrittenRequest, json!({ "request": id }))
        .unique(format!("acknowledge:{id}"))
        .request(&caller.request_id);
    job::enqueue(conn, now, job).await?;
    Ok(())
}

/// Several faults as one outcome.
fn refused(faults: &[Error]) -> Outcome {
    Outcome::Refused(faults.iter().map(Refuse::refusal).collect())
}
