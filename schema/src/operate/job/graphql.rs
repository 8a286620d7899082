//! The queue in the API, for operators.

use async_graphql::connection::Connection;
use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};

use super::model::{self, Filter, JobEvent, JobKind, JobState, Queue, QueueFigures};
use super::service;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::payload::{UserError, settle};
use crate::foundation::policy::{Action, Scope};
use crate::graphql::context::{answer, app, caller, scope};

/// The one order of the list: newest first.
const ORDER: &str = "JOB_ID";

/// A piece of work that outlives the request or the tick that caused it.
#[derive(Clone, Description)]
pub struct Job(model::Job);

impl From<model::Job> for Job {
    fn from(row: model::Job) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Job {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Job", self.0.id)
    }
    /// What it does; null when only a newer program knows.
    async fn kind(&self) -> Option<JobKind> {
        self.0.kind.parse().ok()
    }
    /// Where it waits; null when only a newer program knows.
    async fn queue(&self) -> Option<Queue> {
        self.0.queue.parse().ok()
    }
    /// Where it stands.
    async fn state(&self) -> JobState {
        self.0.state
    }
    /// Runs started so far; a run given back or asked to come later is not counted.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }
    /// Runs after which it is dead.
    async fn max_attempts(&self) -> i32 {
        self.0.max_attempts
    }
    /// Runs that ended with their worker's process; three set the job aside.
    async fn crashes(&self) -> i32 {
        self.0.crashes
    }
    /// 10, 0 or -10; within its queue, higher runs first.
    async fn priority(&self) -> i32 {
        i32::from(self.0.priority)
    }
    /// Not before this instant (UTC).
    async fn run_at(&self) -> DateTime<Utc> {
        self.0.run_at
    }
    /// When it was enqueued (UTC).
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
    /// When a worker last took it (UTC); a short one may have waited there for an instant.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }
    /// When it ended: done, dead or cancelled (UTC).
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
    /// How long its last run took, in seconds; null before it ended.
    async fn duration_seconds(&self) -> Option<f64> {
        self.0.took().map(seconds)
    }
    /// Runs that failed and what operators did, oldest first; the latest fifty.
    async fn history(&self) -> Vec<JobEvent> {
        self.0.events()
    }
    /// Why its last run failed.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }
    /// The business event behind it: the same event enqueues once.
    async fn unique_key(&self) -> Option<&str> {
        self.0.unique_key.as_deref()
    }
    /// The ids it works on; never personal data.
    async fn payload(&self) -> async_graphql::Json<&serde_json::Value> {
        async_graphql::Json(&self.0.payload)
    }
    /// What a sweep did: counts and ids.
    async fn report(&self) -> Option<async_graphql::Json<&serde_json::Value>> {
        self.0.report.as_ref().map(async_graphql::Json)
    }
    /// The request that caused it, for the logs.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
    /// The worker that runs it, or ran it last.
    async fn worker(&self) -> Option<&str> {
        self.0.worker.as_deref()
    }
}

/// A human delay, in seconds.
#[allow(clippy::cast_precision_loss)] // milliseconds
fn seconds(delay: TimeDelta) -> f64 {
    delay.num_milliseconds() as f64 / 1000.0
}

/// One queue in figures.
#[derive(Description)]
pub struct JobQueue(QueueFigures, DateTime<Utc>);

#[Object(use_type_description)]
impl JobQueue {
    /// Its name.
    async fn name(&self) -> Queue {
        self.0.queue
    }
    /// Jobs due that no worker has taken.
    async fn waiting(&self) -> i64 {
        self.0.waiting
    }
    /// Jobs in the hands of workers.
    async fn running(&self) -> i64 {
        self.0.running
    }
    /// Jobs whose hour has not come.
    async fn scheduled(&self) -> i64 {
        self.0.scheduled
    }
    /// Jobs that failed for good and wait for an operator.
    async fn dead(&self) -> i64 {
        self.0.dead
    }
    /// How long the oldest due job has waited, in seconds; null when none waits.
    async fn oldest_waiting_seconds(&self) -> Option<f64> {
        self.0.oldest_due.map(|since| seconds(self.1 - since))
    }
    /// Jobs that succeeded in the last hour: the rate of the queue.
    async fn done_last_hour(&self) -> i64 {
        self.0.done_last_hour
    }
    /// Since when no job is taken from it, by an operator's wish (UTC); null when it is not paused.
    async fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.0.pause.as_ref().map(|pause| pause.paused_at)
    }
    /// Why, in the operator's words; null when it is not paused.
    async fn pause_reason(&self) -> Option<&str> {
        self.0.pause.as_ref().map(|pause| pause.reason.as_str())
    }
    /// Who paused it, as a reference: `account:12`; null when it is not paused.
    async fn paused_by(&self) -> Option<&str> {
        self.0.pause.as_ref().map(|pause| pause.actor.as_str())
    }
}

/// Which jobs to list. Criteria add up.
#[derive(Debug, Default, InputObject)]
pub struct JobFilter {
    /// Of one queue.
    pub queue: Option<Queue>,
    /// Of one kind.
    pub kind: Option<JobKind>,
    /// In one state.
    pub state: Option<JobState>,
}

/// What the list of jobs tells beside its page.
pub struct JobTotals {
    scope: Scope,
    filter: Filter,
}

#[Object]
impl JobTotals {
    /// How many jobs the filter finds, all pages together. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), &self.scope, &self.filter).await.map_err(|e| answer(ctx, e))
    }
}

/// Queue queries, for operators.
#[derive(Default)]
pub struct JobQuery;

#[Object]
impl JobQuery {
    /// Every queue in figures. For operators.
    async fn job_queues(&self, ctx: &Context<'_>) -> Result<Vec<JobQueue>> {
        let now = app(ctx).clock.now();
        let scope = scope(ctx, Action::ReadOperations)?;
        let queues = service::queues(app(ctx), &scope).await.map_err(|e| answer(ctx, e))?;
        Ok(queues.into_iter().map(|figures| JobQueue(figures, now)).collect())
    }

    /// Jobs, newest first. For operators.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 when nothing is said.")]
        first: Option<i32>,
        #[graphql(desc = "Start after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which jobs; all when nothing is said.")] filter: Option<JobFilter>,
    ) -> Result<Connection<String, Job, JobTotals>> {
        let scope = scope(ctx, Action::ReadOperations)?;
        let wanted = filter.unwrap_or_default();
        let filter = Filter { queue: wanted.queue, kind: wanted.kind, state: wanted.state };
        let read = async {
            let page = Page::new(ORDER, first, after, last, before)?;
            service::page(app(ctx), &scope, &filter, &page).await
        };
        let slice = read.await.map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            JobTotals { scope, filter },
            |row| Cursor::new(ORDER, row.id, row.id),
            Job::from,
        ))
    }
}

/// Which job to retry.
#[derive(Debug, InputObject)]
pub struct JobRetryInput {
    /// Global id of the job.
    pub id: ID,
}

/// Which job to cancel.
#[derive(Debug, InputObject)]
pub struct JobCancelInput {
    /// Global id of the job.
    pub id: ID,
}

/// Which queue to pause, and why.
#[derive(Debug, InputObject)]
pub struct JobQueuePauseInput {
    /// The queue.
    pub queue: Queue,
    /// Why, for colleagues; at most 500 characters.
    pub reason: String,
}

/// Which queue to resume.
#[derive(Debug, InputObject)]
pub struct JobQueueResumeInput {
    /// The queue.
    pub queue: Queue,
}

/// What became of a queue.
#[derive(SimpleObject)]
pub struct JobQueuePayload {
    /// The queue as it is now; null when refused.
    pub queue: Option<JobQueue>,
    /// What to mend. Nothing was changed.
    pub user_errors: Vec<UserError>,
}

/// What became of a retry.
#[derive(SimpleObject)]
pub struct JobRetryPayload {
    /// The job, ready to run again; null when refused.
    pub job: Option<Job>,
    /// What to mend. Nothing was changed.
    pub user_errors: Vec<UserError>,
}

/// What became of a cancellation.
#[derive(SimpleObject)]
pub struct JobCancelPayload {
    /// The job, cancelled; null when refused.
    pub job: Option<Job>,
    /// What to mend. Nothing was changed.
    pub user_errors: Vec<UserError>,
}

fn queue(
    ctx: &Context<'_>,
    outcome: crate::foundation::error::Result<QueueFigures>,
) -> Result<JobQueuePayload> {
    let (figures, user_errors) = settle(outcome, &caller(ctx).request_id)?;
    let now = app(ctx).clock.now();
    Ok(JobQueuePayload { queue: figures.map(|figures| JobQueue(figures, now)), user_errors })
}

/// Queue mutations, for operators.
#[derive(Default)]
pub struct JobMutation;

#[Object]
impl JobMutation {
    /// Puts a dead or cancelled job back at its start: it runs at once, with all its attempts. An
    /// uncertain message stays uncertain: `mailDecide` settles it. For operators.
    async fn job_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobRetryInput,
    ) -> Result<JobRetryPayload> {
        let outcome = service::retry(app(ctx), caller(ctx), id::number_of("Job", &input.id)).await;
        let (job, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        Ok(JobRetryPayload { job: job.map(Job::from), user_errors })
    }

    /// Takes no job from a queue until it is resumed: what runs goes on, what comes waits. For operators.
    async fn job_queue_pause(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue, and why.")] input: JobQueuePauseInput,
    ) -> Result<JobQueuePayload> {
        queue(ctx, service::pause(app(ctx), caller(ctx), input.queue, &input.reason).await)
    }

    /// Lets workers take jobs from a queue again. For operators.
    async fn job_queue_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue.")] input: JobQueueResumeInput,
    ) -> Result<JobQueuePayload> {
        queue(ctx, service::resume(app(ctx), caller(ctx), input.queue).await)
    }

    /// Cancels a job that waits or runs (a running one stops within seconds), or puts a dead one away. For operators.
    async fn job_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job.")] input: JobCancelInput,
    ) -> Result<JobCancelPayload> {
        let outcome = service::cancel(app(ctx), caller(ctx), id::number_of("Job", &input.id)).await;
        let (job, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        Ok(JobCancelPayload { job: job.map(Job::from), user_errors })
    }
}
