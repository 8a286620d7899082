//! Asks the people of a committee to confirm.

use schema::operate::job::model::Claimed;
use schema::prioritise::committee::service::{self, Ask};

use super::{Ctx, JobError, payload};

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let ask: Ask = payload(job)?;
    match service::ask(&ctx.app, &ask, job.request_id.as_deref()).await? {
        None => Ok(()),
        Some(hour) => Err(JobError::Later(hour)),
    }
}
