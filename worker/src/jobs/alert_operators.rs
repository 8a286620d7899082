//! Tells one operator that something is out of order, that there is much more of it, or that it is in order again.

use schema::operate::incident::letter;
use schema::operate::incident::model::{Growth, News};
use schema::operate::job::model::Claimed;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    incident: i64,
    account: i64,
    #[serde(default)]
    over: bool,
    #[serde(default)]
    growth: Option<Growth>,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { incident, account, over, growth } = payload(job)?;
    let news = match growth {
        _ if over => News::Over,
        Some(growth) => News::Grew(growth),
        None => News::Began,
    };
    deliver(ctx, job, async || letter::alert(&ctx.app, incident, account, news).await).await
}
