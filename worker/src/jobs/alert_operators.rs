//! Tells one operator that something is out of order, or in order again.

use schema::operate::incident::letter;
use schema::operate::job::model::Claimed;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    incident: i64,
    account: i64,
    over: bool,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { incident, account, over } = payload(job)?;
    deliver(ctx, job, async || letter::alert(&ctx.app, incident, account, over).await).await
}
