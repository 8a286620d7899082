//! Reminds one manager about written requests near or past their limit.

use chrono::NaiveDate;
use schema::measure::written_request::reminder;
use schema::operate::job::model::Claimed;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    account: i64,
    day: NaiveDate,
    /// The request whose late registration caused it.
    registered: Option<i64>,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { account, day, registered } = payload(job)?;
    deliver(ctx, job, async || reminder::digest(&ctx.app, account, day, registered).await).await
}
