//! Tells the owner of an API token that it will expire.

use schema::operate::job::model::Claimed;
use schema::reference::api_token::letter;
use schema::reference::api_token::model::NoticeStage;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    token: i64,
    stage: NoticeStage,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { token, stage } = payload(job)?;
    deliver(ctx, job, async || letter::notice(&ctx.app, token, stage).await).await
}
