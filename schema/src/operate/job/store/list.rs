//! What operators read.

use chrono::{DateTime, Utc};
use diesel::dsl::{count, count_star, min};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::super::model::{Filter, Job, JobState, QueueRow};
use crate::foundation::database::Conn;
use crate::foundation::keyset::newest_first;
use crate::foundation::page::Page;
use crate::tables::job;

/// A job; `None` when there is none with this number.
pub(in super::super) async fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Job>> {
    job::table.find(id).select(Job::as_select()).first(conn).await.optional()
}

/// Those of these jobs that exist.
pub(in super::super) async fn by_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Job>> {
    job::table.filter(job::id.eq_any(ids)).select(Job::as_select()).load(conn).await
}

/// No index is by queue or kind alone: a page walks the numbers down until it is full (docs/operating.md, « Jobs »).
fn filtered(filter: &Filter) -> job::BoxedQuery<'static, Pg> {
    let mut query = job::table.into_boxed();
    if let Some(queue) = filter.queue {
        query = query.filter(job::queue.eq(queue.as_str()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(job::kind.eq(kind.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(job::state.eq(state));
    }
    query
}

/// One page, newest first, with one row more than asked when there are more.
pub(in super::super) async fn page(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page,
) -> QueryResult<Vec<Job>> {
    newest_first!(filtered(filter), job::id, page).select(Job::as_select()).load(conn).await
}

/// How many jobs a filter finds.
pub(in super::super) async fn total(conn: &mut Conn, filter: &Filter) -> QueryResult<i64> {
    filtered(filter).count().get_result(conn).await
}

/// Jobs that can run now or are running: zero means that nothing moves before the clock does.
pub(in super::super) async fn due(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    job::table
        .filter(
            job::state
                .eq(JobState::Running)
                .or(job::state.eq(JobState::Ready).and(job::run_at.le(now))),
        )
        .count()
        .get_result(conn)
        .await
}

/// Per queue and state: how many, how many of them due, and the earliest hour.
pub(in super::super) async fn queues(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> QueryResult<Vec<QueueRow>> {
    let due = count(job::id).aggregate_filter(job::run_at.le(now));
    type Row = (String, JobState, i64, i64, Option<DateTime<Utc>>);
    let rows: Vec<Row> = job::table
        // One by one: each state has an index of its own, which a list of states would not reach.
        .filter(
            job::state
                .eq(JobState::Ready)
                .or(job::state.eq(JobState::Running))
                .or(job::state.eq(JobState::Dead)),
        )
        .group_by((job::queue, job::state))
        .select((job::queue, job::state, count_star(), due, min(job::run_at)))
        .load(conn)
        .await?;
    // A queue of a newer program is not ours to describe.
    Ok(rows
        .into_iter()
        .filter_map(|(queue, state, jobs, due, earliest)| {
            Some(QueueRow { queue: queue.parse().ok()?, state, jobs, due, earliest })
        })
        .collect())
}

/// How many jobs of each queue succeeded since an instant.
pub(in super::super) async fn done_since(
    conn: &mut Conn,
    since: DateTime<Utc>,
) -> QueryResult<Vec<(String, i64)>> {
    job::table
        .filter(job::finished_at.gt(since))
        .filter(job::state.eq(JobState::Done))
        .group_by(job::queue)
        .select((job::queue, count_star()))
        .load(conn)
        .await
}

/// The jobs with these unique keys.
pub(in super::super) async fn by_keys(conn: &mut Conn, keys: &[String]) -> QueryResult<Vec<Job>> {
    job::table.filter(job::unique_key.eq_any(keys)).select(Job::as_select()).load(conn).await
}

/// Dead jobs by kind: how many.
pub(in super::super) async fn dead_by_kind(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    job::table
        .filter(job::state.eq(JobState::Dead))
        .group_by(job::kind)
        .select((job::kind, count_star()))
        .load(conn)
        .await
}

/// Whether a job runs, under one lease or any.
pub(in super::super) async fn holds(
    conn: &mut Conn,
    id: i64,
    lease_no: Option<i64>,
) -> QueryResult<bool> {
    let mut running =
        job::table.filter(job::id.eq(id)).filter(job::state.eq(JobState::Running)).into_boxed();
    if let Some(lease_no) = lease_no {
        running = running.filter(job::lease_no.eq(lease_no));
    }
    running.count().get_result::<i64>(conn).await.map(|n| n > 0)
}
