//! Tells the sender of a written request that it arrived.

use schema::measure::written_request::reminder;
use schema::operate::job::model::Claimed;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    request: i64,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { request } = payload(job)?;
    deliver(ctx, job, async || reminder::acknowledgement(&ctx.app, request).await).await
}
