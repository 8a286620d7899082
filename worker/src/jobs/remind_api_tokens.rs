//! The daily sweep that finds the API tokens that will expire.

use chrono::{DateTime, Utc};
use schema::operate::job::model::Claimed;
use schema::operate::job::service;
use schema::reference::api_token::notice;
use serde::Deserialize;
use serde_json::json;

use super::{Ctx, JobError, payload};

#[derive(Deserialize)]
struct Payload {
    planned: DateTime<Utc>,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { planned } = payload(job)?;
    let done = notice::sweep(&ctx.app, planned).await?;
    let mut conn = ctx.app.pool.get().await?;
    service::report(&mut conn, job, &json!(done)).await?;
    Ok(())
}
