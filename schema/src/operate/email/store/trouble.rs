//! Messages that do not go their way, by what became of their jobs.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::super::model::{Email, MailStatus};
use crate::foundation::database::Conn;
use crate::operate::job::JobState;
use crate::tables::{email, job};

/// How many messages were refused for good since an instant, or were tried in vain more than once and wait for another
/// try: these however long ago the last one was, for tries lie a day apart in the end.
pub(in super::super) async fn failing_since(
    conn: &mut Conn,
    since: DateTime<Utc>,
) -> QueryResult<i64> {
    let refused = email::table
        .filter(email::status.eq(MailStatus::Failed))
        .filter(email::updated_at.gt(since));
    let waiting = email::table
        .filter(email::status.eq(MailStatus::Prepared))
        .filter(email::attempts.gt(1))
        .filter(exists(with_job()));
    let refused: i64 = refused.count().get_result(conn).await?;
    Ok(refused + waiting.count().get_result::<i64>(conn).await?)
}

/// The rows on their way whose job is over or gone: no run will ever look at them again. Locked, oldest first.
pub(in super::super) async fn forsaken(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Email>> {
    on_their_way(before)
        .order(email::id)
        .limit(limit)
        .select(Email::as_select())
        .for_update()
        .load(conn)
        .await
}

/// How many [`forsaken`] ones there are.
pub(in super::super) async fn count_forsaken(
    conn: &mut Conn,
    before: DateTime<Utc>,
) -> QueryResult<i64> {
    on_their_way(before).count().get_result(conn).await
}

#[diesel::dsl::auto_type]
fn on_their_way(before: DateTime<Utc>) -> _ {
    let status: [MailStatus; 2] = [MailStatus::Prepared, MailStatus::Sending];
    email::table
        .filter(email::status.eq_any(status))
        .filter(email::updated_at.lt(before))
        .filter(not(exists(with_job())))
}

/// The job of a row, while it waits or runs.
#[diesel::dsl::auto_type]
fn with_job() -> _ {
    let going_on: [JobState; 2] = [JobState::Ready, JobState::Running];
    job::table.filter(job::id.nullable().eq(email::job_id)).filter(job::state.eq_any(going_on))
}
