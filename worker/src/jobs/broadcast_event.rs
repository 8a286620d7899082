//! Gives a live event its number and announces it to every server.

use diesel::result::{DatabaseErrorKind, Error as Refused};
use schema::listen::testimony::events::number_event;
use schema::listen::testimony::model::EventKind;
use schema::operate::job::model::Claimed;
use serde::Deserialize;

use super::{Ctx, JobError, payload};

#[derive(Deserialize)]
struct Payload {
    kind: EventKind,
    testimony: i64,
}

pub(super) async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let Payload { kind, testimony } = payload(job)?;
    let mut conn = ctx.app.pool.get().await?;
    let number = match number_event(&mut conn, ctx.app.clock.now(), kind, testimony).await {
        // The testimony was erased meanwhile: nobody needs to hear of it.
        Err(Refused::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => return Ok(()),
        numbered => numbered?,
    };
    drop(conn);
    // The number is committed: whatever happens to the announcement, servers find it in PostgreSQL.
    ctx.stream.announce(number, kind.as_str()).await?;
    Ok(())
}
