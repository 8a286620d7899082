//! Tells one manager about new testimonies.

use schema::listen::testimony::alert;
use schema::operate::job::model::Claimed;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    account: i64,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { account } = payload(job)?;
    deliver(ctx, job, async || alert::prepare(&ctx.app, account).await).await
}
