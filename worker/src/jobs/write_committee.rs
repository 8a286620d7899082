//! One letter to somebody of a committee.

use schema::operate::job::model::Claimed;
use schema::prioritise::committee::letter;
use schema::prioritise::committee::model::Letters;
use serde::Deserialize;

use super::{Ctx, JobError, payload};
use crate::mail::deliver;

#[derive(Deserialize)]
struct Payload {
    participant: i64,
    letter: String,
    sequence: i32,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { participant, letter: word, sequence } = payload(job)?;
    let Ok(kind) = word.parse::<Letters>() else {
        return Err(JobError::GiveUp(format!("there is no letter « {word} »")));
    };
    deliver(ctx, job, async || letter::prepare(&ctx.app, participant, kind, sequence).await).await
}
