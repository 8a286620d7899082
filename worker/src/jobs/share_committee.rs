//! The synthesis of a committee to one reader.

use schema::operate::job::model::Claimed;
use schema::prioritise::minutes::letter;
use schema::prioritise::minutes::service::Reader;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    committee: i64,
    reader: Reader,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { committee, reader } = payload(job)?;
    deliver(ctx, job, async || letter::prepare(&ctx.app, committee, reader).await).await
}
