//! What operators and the janitor change.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::super::model::{Job, JobEventKind, JobState, Pause, Queue};
use crate::foundation::database::Conn;
use crate::tables::{job, job_pause};

/// Puts a job back at the start. Gives the row, or `None` when its state changed meanwhile.
pub(in super::super) async fn restart(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
    actor: &str,
) -> QueryResult<Option<Job>> {
    let finished = [JobState::Dead, JobState::Cancelled];
    diesel::update(job::table.find(id).filter(job::state.eq_any(finished)))
        .set((
            job::state.eq(JobState::Ready),
            job::attempt.eq(0),
            job::crashes.eq(0),
            job::run_at.eq(now),
            job::finished_at.eq(None::<DateTime<Utc>>),
            job::history.eq(kept_history(job::history).concat(step(
                JobEventKind::Retried,
                now,
                actor,
            ))),
        ))
        .returning(Job::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Cancels waiting jobs by their unique keys.
pub(in super::super) async fn withdraw(
    conn: &mut Conn,
    now: DateTime<Utc>,
    keys: &[String],
) -> QueryResult<usize> {
    let waiting =
        job::table.filter(job::unique_key.eq_any(keys)).filter(job::state.eq(JobState::Ready));
    diesel::update(waiting)
        .set((job::state.eq(JobState::Cancelled), job::finished_at.eq(now)))
        .execute(conn)
        .await
}

/// Stops a job. Gives the row, or `None` when its state changed meanwhile.
pub(in super::super) async fn stop(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
    actor: &str,
) -> QueryResult<Option<Job>> {
    let unfinished = [JobState::Ready, JobState::Running, JobState::Dead];
    diesel::update(job::table.find(id).filter(job::state.eq_any(unfinished)))
        .set((
            job::state.eq(JobState::Cancelled),
            job::lease_until.eq(None::<DateTime<Utc>>),
            // A retry would else meet the job that gathers events now.
            job::debounce_key.eq(None::<String>),
            job::finished_at.eq(now),
            job::history.eq(kept_history(job::history).concat(step(
                JobEventKind::Cancelled,
                now,
                actor,
            ))),
        ))
        .returning(Job::as_returning())
        .get_result(conn)
        .await
        .optional()
}

diesel::define_sql_function! {
    /// The latest steps of a history, with room for one more.
    fn kept_history(history: diesel::sql_types::Jsonb) -> diesel::sql_types::Jsonb;
}

/// A step of an operator, to be added to a history.
fn step(what: JobEventKind, at: DateTime<Utc>, actor: &str) -> Value {
    serde_json::json!([{ "what": what, "at": at, "by": actor }])
}

/// Keeps what a sweep did, while it holds its lease. Zero rows: the lease was lost.
pub(in super::super) async fn report(
    conn: &mut Conn,
    id: i64,
    lease_no: i64,
    report: &Value,
) -> QueryResult<usize> {
    let held = job::table
        .find(id)
        .filter(job::lease_no.eq(lease_no))
        .filter(job::state.eq(JobState::Running));
    diesel::update(held).set(job::report.eq(report)).execute(conn).await
}

/// The oldest finished jobs that may be forgotten. Dead ones stay: somebody must look at them. Keys
/// of schedules stay longer, because they are what keeps a tick from running twice.
pub(in super::super) async fn finished(
    conn: &mut Conn,
    before: DateTime<Utc>,
    schedules_before: DateTime<Utc>,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<i64>> {
    job::table
        .filter(job::finished_at.lt(before))
        .filter(job::state.eq_any([JobState::Done, JobState::Cancelled]))
        .filter(
            job::unique_key
                .is_null()
                .or(job::unique_key.not_like("schedule:%"))
                .or(job::finished_at.lt(schedules_before)),
        )
        .order((job::finished_at, job::id))
        .select(job::id)
        .limit(limit)
        .offset(offset)
        .load(conn)
        .await
}

/// Forgets finished jobs, looking at each once more.
pub(in super::super) async fn delete_finished(conn: &mut Conn, ids: &[i64]) -> QueryResult<usize> {
    diesel::delete(job::table)
        .filter(job::id.eq_any(ids))
        .filter(job::state.eq_any([JobState::Done, JobState::Cancelled]))
        .execute(conn)
        .await
}

/// Pauses a queue; zero rows when it is paused already.
pub(in super::super) async fn pause(conn: &mut Conn, row: &Pause) -> QueryResult<usize> {
    let insert = diesel::insert_into(job_pause::table).values(row);
    insert.on_conflict_do_nothing().execute(conn).await
}

/// Resumes a queue; zero rows when it is not paused.
pub(in super::super) async fn resume(conn: &mut Conn, queue: Queue) -> QueryResult<usize> {
    diesel::delete(job_pause::table.find(queue)).execute(conn).await
}

/// The queues that are paused.
pub(in super::super) async fn pauses(conn: &mut Conn) -> QueryResult<Vec<Pause>> {
    job_pause::table.select(Pause::as_select()).load(conn).await
}
