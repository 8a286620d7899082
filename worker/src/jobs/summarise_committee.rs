//! Tells the organiser of a committee who comes.

use chrono::{DateTime, Utc};
use schema::operate::job::model::Claimed;
use schema::prioritise::committee::letter;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    committee: i64,
    starts_at: DateTime<Utc>,
    stage: String,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { committee, starts_at, stage } = payload(job)?;
    deliver(ctx, job, async || letter::summary(&ctx.app, committee, starts_at, &stage).await).await
}
