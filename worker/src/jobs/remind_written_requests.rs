//! The daily sweep that finds the managers to remind.

use chrono::{DateTime, Utc};
use schema::measure::written_request::reminder;
use schema::operate::job::model::Claimed;
use schema::operate::job::service;
use serde::Deserialize;
use serde_json::json;

use super::{Ctx, JobError, payload};

#[derive(Deserialize)]
struct Payload {
    planned: DateTime<Utc>,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { planned } = payload(job)?;
    let done = reminder::sweep(&ctx.app, planned).await?;
    let report = json!({
        "day": done.day,
        "due": done.due,
        "managers": done.managers,
        "enqueued": done.enqueued,
        "capped": done.capped,
    });
    let mut conn = ctx.app.pool.get().await?;
    service::report(&mut conn, job, &report).await?;
    Ok(())
}
