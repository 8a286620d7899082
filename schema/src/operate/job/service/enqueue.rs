//! Putting jobs in, inside the caller's transaction.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryResult;

use super::super::model::{Entry, NewJob, Once};
use super::super::{rules, store};
use crate::foundation::database::Conn;
use crate::foundation::trace;

/// Rows per INSERT.
const CHUNK: usize = 1000;

/// Enqueues a job inside the caller's transaction. Whether a new job was made: `false` when its
/// unique key is taken, or when a waiting job gathers this event.
///
/// # Errors
/// When PostgreSQL refuses; the caller's transaction must then roll back.
pub async fn enqueue(conn: &mut Conn, now: DateTime<Utc>, job: NewJob) -> QueryResult<bool> {
    let (entry, cap) = entry(now, job);
    store::insert(conn, entry, cap).await
}

/// Enqueues many jobs inside the caller's transaction, and says how many were new.
///
/// # Errors
/// As [`enqueue`].
pub async fn enqueue_many(
    conn: &mut Conn,
    now: DateTime<Utc>,
    jobs: impl IntoIterator<Item = NewJob>,
) -> QueryResult<usize> {
    let (mut new, mut plain) = (0, Vec::new());
    for job in jobs {
        let (entry, cap) = entry(now, job);
        if cap.is_some() {
            // One statement may not move the same waiting job twice.
            new += usize::from(store::insert(conn, entry, cap).await?);
        } else {
            plain.push(entry);
        }
    }
    for chunk in plain.chunks(CHUNK) {
        new += store::insert_many(conn, chunk).await?;
    }
    Ok(new)
}

fn entry(now: DateTime<Utc>, job: NewJob) -> (Entry, Option<TimeDelta>) {
    let terms = rules::terms(job.kind);
    let run_at = rules::first_run(now, &job);
    let (unique_key, debounce_key, cap) = match job.once {
        Once::Never => (None, None, None),
        Once::Unique(key) => (Some(key), None, None),
        Once::Debounced { key, cap } => (None, Some(key), Some(cap)),
    };
    let entry = Entry {
        queue: terms.queue.as_str(),
        kind: job.kind.as_str(),
        unique_key,
        debounce_key,
        payload: job.payload,
        priority: terms.priority,
        run_at,
        max_attempts: terms.max_attempts,
        request_id: job.request_id,
        trace: trace::current(),
        created_at: now,
    };
    (entry, cap)
}

/// Makes every worker look at its queues at once, as a commit with new jobs does. Whoever moves a held
/// clock calls it: jobs become due without anything being written.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn wake(conn: &mut Conn) -> QueryResult<()> {
    store::wake(conn).await
}

/// Jobs that run now or could: zero means that nothing moves before the clock does.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn due(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    store::due(conn, now).await
}

/// Cancels waiting jobs by their unique keys, inside the caller's transaction: what they were planned for
/// will not happen. Those that run or have run are left alone.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn withdraw(conn: &mut Conn, now: DateTime<Utc>, keys: &[String]) -> QueryResult<usize> {
    store::withdraw(conn, now, keys).await
}
