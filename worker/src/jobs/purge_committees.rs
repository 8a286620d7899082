//! Forgets people of committees whose purpose is over.

use schema::operate::job::model::Claimed;
use schema::operate::job::service;
use schema::prioritise::committee::purge;
use serde_json::json;

use super::{Ctx, JobError};

/// Rows of each kind forgotten in one run; the next day's run goes on.
const CAP: usize = 200_000;

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let mut conn = ctx.app.pool.get().await?;
    let forgotten = purge::forget(&mut conn, ctx.app.clock.now(), CAP).await?;
    service::report(&mut conn, job, &json!(forgotten)).await?;
    Ok(())
}
