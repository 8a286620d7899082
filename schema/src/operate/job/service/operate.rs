//! What an operator sees and changes. Every change leaves an audit entry.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::super::model::{Filter, Job, JobState, Pause, Queue, QueueFigures};
use super::super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::{Code, Error, Refusal, Refuse, Result};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Scope};
use crate::foundation::text::required;

/// Length of the longest reason for a pause, in characters (ours).
const REASON_LENGTH: usize = 500;

/// Why an operator's step is refused.
enum OperatorRefusal {
    NotRetryable(JobState),
    NotCancellable(JobState),
}

impl Refuse for OperatorRefusal {
    fn refusal(&self) -> Refusal {
        let message = match self {
            Self::NotRetryable(state) => format!(
                "Cette tâche est dans l'état {state} : seule une tâche DEAD ou CANCELLED se relance. \
                 Pour avancer une tâche en attente, annulez-la puis relancez-la."
            ),
            Self::NotCancellable(state) => format!(
                "Cette tâche est dans l'état {state} : seule une tâche READY, RUNNING ou DEAD s'annule."
            ),
        };
        Refusal::at(Code::JobState, message, &["id"])
    }
}

/// Every queue in figures, for whoever shows a scope of [`Action::ReadOperations`].
///
/// # Errors
/// [`Error::Forbidden`] for another scope.
pub async fn queues(app: &App, scope: &Scope) -> Result<Vec<QueueFigures>> {
    scope.of(Action::ReadOperations)?;
    let mut conn = app.pool.get().await?;
    Ok(super::figures(&mut conn, app.clock.now()).await?)
}

/// Pauses a queue: no job is taken from it until it is resumed. What runs goes on, what comes waits. A queue that
/// is paused already keeps its first pause.
///
/// # Errors
/// A refusal about the reason; [`Error::Unauthenticated`], [`Error::Forbidden`].
pub async fn pause(app: &App, caller: &Caller, queue: Queue, reason: &str) -> Result<QueueFigures> {
    caller.actor.scope(Action::OperateJobs)?;
    let now = app.clock.now();
    let reason = required(reason, REASON_LENGTH, false, &["reason"])?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let actor = caller.actor.reference();
        let pause = Pause { queue, paused_at: now, actor, reason };
        if store::pause(conn, &pause).await? > 0 {
            let subject = format!("queue:{queue}");
            audit::record(conn, now, caller, "queue.pause", &subject, None).await?;
        }
        one(conn, queue, now).await
    })
    .await
}

/// Resumes a queue; nothing happens to one that is not paused.
///
/// # Errors
/// As [`pause`].
pub async fn resume(app: &App, caller: &Caller, queue: Queue) -> Result<QueueFigures> {
    caller.actor.scope(Action::OperateJobs)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        if store::resume(conn, queue).await? > 0 {
            let subject = format!("queue:{queue}");
            audit::record(conn, now, caller, "queue.resume", &subject, None).await?;
            store::wake(conn).await?;
        }
        one(conn, queue, now).await
    })
    .await
}

async fn one(conn: &mut Conn, queue: Queue, now: DateTime<Utc>) -> Result<QueueFigures> {
    let all = super::figures(conn, now).await?;
    all.into_iter().find(|figures| figures.queue == queue).ok_or(Error::NotFound)
}

/// One page of jobs, newest first, for whoever shows a scope of [`Action::ReadOperations`].
///
/// # Errors
/// [`Error::Forbidden`] for another scope.
pub async fn page(app: &App, scope: &Scope, filter: &Filter, page: &Page) -> Result<Slice<Job>> {
    scope.of(Action::ReadOperations)?;
    let mut conn = app.pool.get().await?;
    Ok(Slice::cut(page, store::page(&mut conn, filter, page).await?))
}

/// How many jobs a filter finds, as [`page`].
///
/// # Errors
/// As [`page`].
pub async fn count(app: &App, scope: &Scope, filter: &Filter) -> Result<i64> {
    scope.of(Action::ReadOperations)?;
    Ok(store::total(&mut *app.pool.get().await?, filter).await?)
}

/// One job, for whoever shows a scope of [`Action::ReadOperations`].
///
/// # Errors
/// [`Error::NotFound`]; as [`page`].
pub async fn get(app: &App, scope: &Scope, id: i64) -> Result<Job> {
    scope.of(Action::ReadOperations)?;
    store::find(&mut *app.pool.get().await?, id).await?.ok_or(Error::NotFound)
}

/// Those of these jobs that exist.
///
/// # Errors
/// As [`pause`].
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Job>> {
    caller.actor.scope(Action::ReadOperations)?;
    Ok(store::by_ids(&mut *app.pool.get().await?, ids).await?)
}

/// Puts a dead or cancelled job back at its start.
///
/// # Errors
/// `JOB_STATE`; [`Error::NotFound`]; as [`pause`].
pub async fn retry(app: &App, caller: &Caller, id: Option<i64>) -> Result<Job> {
    caller.actor.scope(Action::OperateJobs)?;
    let id = id.ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| again(conn, now, caller, id).await).await
}

/// [`retry`] within a decision that was authorised.
///
/// # Errors
/// `JOB_STATE`; [`Error::NotFound`].
pub(in crate::operate) async fn again(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    id: i64,
) -> Result<Job> {
    let Some(job) = store::restart(conn, id, now, &caller.actor.reference()).await? else {
        let job = store::find(conn, id).await?.ok_or(Error::NotFound)?;
        return Err(OperatorRefusal::NotRetryable(job.state).into());
    };
    audit::record(conn, now, caller, "job.retry", &format!("job:{id}"), None).await?;
    Ok(job)
}

/// Cancels a dead job within a decision that was authorised; one that is not there any more is no matter.
///
/// # Errors
/// When PostgreSQL refuses.
pub(in crate::operate) async fn put_away(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    id: i64,
) -> Result<()> {
    if store::stop(conn, id, now, &caller.actor.reference()).await?.is_some() {
        audit::record(conn, now, caller, "job.cancel", &format!("job:{id}"), None).await?;
    }
    Ok(())
}

/// Cancels a job that waits or runs, or puts a dead one away; a running one stops at its worker's next beat.
///
/// # Errors
/// `JOB_STATE`; [`Error::NotFound`]; as [`pause`].
pub async fn cancel(app: &App, caller: &Caller, id: Option<i64>) -> Result<Job> {
    caller.actor.scope(Action::OperateJobs)?;
    let id = id.ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let Some(job) = store::stop(conn, id, now, &caller.actor.reference()).await? else {
            let job = store::find(conn, id).await?.ok_or(Error::NotFound)?;
            return Err(OperatorRefusal::NotCancellable(job.state).into());
        };
        audit::record(conn, now, caller, "job.cancel", &format!("job:{id}"), None).await?;
        Ok(job)
    })
    .await
}
