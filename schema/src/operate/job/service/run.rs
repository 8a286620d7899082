//! What a worker does with jobs. Nobody is asked for rights: a worker acts for the programme.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;
use serde_json::Value;

use super::super::model::{Ack, Claimed, Job, Queue, QueueFigures};
use super::super::{rules, store};
use crate::foundation::database::Conn;

/// A connection of a worker, outside of every pool so that nothing can starve it.
///
/// # Errors
/// When PostgreSQL does not answer.
pub async fn open(url: &str) -> anyhow::Result<Conn> {
    store::open(url).await
}

/// Subscribes a connection to the names of queues that have something new (`*` is every queue).
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn listen(conn: &mut Conn) -> QueryResult<()> {
    store::listen(conn).await
}

/// Takes at most `limit` due jobs of a queue under a new lease each, first come first, among them at most `suspects`
/// of those that have one chance left (`rules::is_suspect`).
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn claim(
    conn: &mut Conn,
    queue: Queue,
    now: DateTime<Utc>,
    limit: i64,
    suspects: i64,
    worker: &str,
) -> QueryResult<Vec<Claimed>> {
    store::claim(conn, queue, now, limit, suspects, worker).await
}

/// Writes what runs came to. A lease that was lost meanwhile changes nothing: its job belongs to
/// another run. Gives the jobs written.
///
/// # Errors
/// When PostgreSQL refuses: repeat until it does not.
pub async fn ack(conn: &mut Conn, now: DateTime<Utc>, acks: &[Ack]) -> QueryResult<Vec<i64>> {
    store::ack(conn, now, acks).await
}

/// Renews leases, given as (job, lease). Gives those still held: the others were taken over or
/// cancelled, and their runs must stop.
///
/// # Errors
/// When PostgreSQL refuses: nothing is known about any lease then.
pub async fn beat(conn: &mut Conn, held: &[(i64, i64)]) -> QueryResult<Vec<(i64, i64)>> {
    if held.is_empty() {
        // Still a round trip: a beat also proves that the database answers.
        store::ping(conn).await?;
        return Ok(vec![]);
    }
    store::beat(conn, held).await
}

/// Takes back jobs whose worker stopped renewing them. Gives their numbers and new states.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn reap(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Vec<(i64, String)>> {
    store::reap(conn, now).await
}

/// Whether a run still holds its lease.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn holds(conn: &mut Conn, job: &Claimed) -> QueryResult<bool> {
    store::holds(conn, job.id, Some(job.lease_no)).await
}

/// Whether anybody runs a job.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn is_running(conn: &mut Conn, id: i64) -> QueryResult<bool> {
    store::holds(conn, id, None).await
}

/// Keeps what a sweep did, for operators: counts and ids. `false` when its lease was lost.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn report(conn: &mut Conn, job: &Claimed, report: &Value) -> QueryResult<bool> {
    Ok(store::report(conn, job.id, job.lease_no, report).await? == 1)
}

/// Every queue in figures, without asking who asks: for the metrics of a worker.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn figures(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Vec<QueueFigures>> {
    let rows = store::queues(conn, now).await?;
    let done = store::done_since(conn, now - TimeDelta::hours(1)).await?;
    let mut pauses = store::pauses(conn).await?;
    let figures = Queue::ALL.iter().map(|queue| {
        let pause = pauses.iter().position(|pause| pause.queue == *queue);
        let pause = pause.map(|place| pauses.swap_remove(place));
        let of_queue = |(name, jobs): &(String, i64)| (name == queue.as_str()).then_some(*jobs);
        let done_last_hour = done.iter().find_map(of_queue).unwrap_or(0);
        QueueFigures { pause, done_last_hour, ..rules::figures(*queue, &rows) }
    });
    Ok(figures.collect())
}

/// The jobs with these unique keys.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn by_keys(conn: &mut Conn, keys: &[String]) -> QueryResult<Vec<Job>> {
    store::by_keys(conn, keys).await
}

/// How many jobs of each kind are dead; kinds without any are absent.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn dead_by_kind(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    store::dead_by_kind(conn).await
}
