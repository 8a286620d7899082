//! Jobs as they are stored and as they are asked for.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::tables::{job, job_pause};

crate::text_enum! {
    /// What a job does. Its payload carries ids only.
    JobKind {
        /// Numbers a live event and announces it to every server: `{kind, testimony}`.
        BroadcastEvent = "BROADCAST_EVENT",
        /// Tells one manager about new testimonies, grouped: `{account}`.
        AlertTestimonies = "ALERT_TESTIMONIES",
        /// Daily sweep that finds the managers to remind about written requests: `{planned}`.
        RemindWrittenRequests = "REMIND_WRITTEN_REQUESTS",
        /// Reminds one manager about written requests, once a day: `{account, day}`.
        DigestWrittenRequests = "DIGEST_WRITTEN_REQUESTS",
        /// Acknowledges a written request to its sender: `{request}`.
        AcknowledgeWrittenRequest = "ACKNOWLEDGE_WRITTEN_REQUEST",
        /// Asks the people of a committee to confirm: `{committee, starts_at, stage}`.
        AskCommittee = "ASK_COMMITTEE",
        /// One letter to somebody of a committee: `{participant, letter, sequence}`.
        WriteCommittee = "WRITE_COMMITTEE",
        /// Tells the organiser of a committee who comes: `{committee, starts_at, stage}`.
        SummariseCommittee = "SUMMARISE_COMMITTEE",
        /// Draws the synthesis of a closed committee, as a page and on paper: `{committee}`.
        DrawCommittee = "DRAW_COMMITTEE",
        /// Sends the synthesis of a committee to one reader: `{committee, reader}`.
        ShareCommittee = "SHARE_COMMITTEE",
        /// Forgets people of committees whose purpose is over: `{planned}`.
        PurgeCommittees = "PURGE_COMMITTEES",
        /// Daily sweep that finds the API tokens that will expire: `{planned}`.
        RemindApiTokens = "REMIND_API_TOKENS",
        /// Tells the owner of an API token that it will expire: `{token, stage}`.
        WriteApiTokenNotice = "WRITE_API_TOKEN_NOTICE",
        /// Forgets finished jobs, expired sessions and API tokens, and log-ins that came to nothing: `{planned}`.
        PurgeOperations = "PURGE_OPERATIONS",
        /// Tells one operator that something is out of order, growing, or in order again: `{incident, account, over, growth}`.
        AlertOperators = "ALERT_OPERATORS",
        /// Does nothing but wait or fail, for drills and measurements: `{sleep_ms, fail, marker}`.
        Probe = "PROBE",
    }
}

crate::text_enum! {
    /// Where a job waits. Each queue has its own slots, so that slow mail never delays events.
    Queue {
        /// Live events: short, many, first.
        Events = "EVENTS",
        /// Messages to people.
        Mail = "MAIL",
        /// Sweeps over the data and housekeeping.
        Sweeps = "SWEEPS",
        /// Messages to operators about what is out of order.
        Alerts = "ALERTS",
        /// Drills and measurements.
        Probe = "PROBE",
    }
}

crate::text_enum! {
    /// Where a job stands.
    JobState {
        /// Waits for its hour or for a free worker.
        Ready = "READY",
        /// A worker holds its lease.
        Running = "RUNNING",
        /// Succeeded.
        Done = "DONE",
        /// Failed for good and kept with its error; an operator may retry it.
        Dead = "DEAD",
        /// Stopped by an operator; may be retried.
        Cancelled = "CANCELLED",
    }
}

crate::text_enum! {
    /// A step in the history of a job.
    JobEventKind {
        /// A run ended with an error.
        Failed = "FAILED",
        /// A run ended with its worker's process, and its lease ran out.
        Crashed = "CRASHED",
        /// An operator put it back at its start.
        Retried = "RETRIED",
        /// An operator stopped it, or put it away.
        Cancelled = "CANCELLED",
    }
}

/// A step in the history of a job: a run that failed, or what an operator did.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, async_graphql::SimpleObject)]
pub struct JobEvent {
    /// What happened.
    pub what: JobEventKind,
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// Which run; null for an operator's step.
    pub attempt: Option<i32>,
    /// The worker of the run; null for an operator's step.
    pub worker: Option<String>,
    /// Why the run failed; null for anything else.
    pub error: Option<String>,
    /// Who did it, as a reference: `account:12`; null for a run.
    pub by: Option<String>,
}

/// A row of the queue.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = job)]
pub struct Job {
    /// Number of the job.
    pub id: i64,
    /// Where it waits.
    pub queue: String,
    /// What it does; a word that this program may not know yet when a newer one enqueued it.
    pub kind: String,
    /// The business event behind it.
    pub unique_key: Option<String>,
    /// Ids that the handler loads.
    pub payload: Value,
    /// 10, 0 or -10; higher first.
    pub priority: i16,
    /// Where it stands.
    pub state: JobState,
    /// Not before this instant.
    pub run_at: DateTime<Utc>,
    /// Runs started, given back ones not counted.
    pub attempt: i32,
    /// Runs after which it is dead.
    pub max_attempts: i32,
    /// Runs that ended with their process.
    pub crashes: i32,
    /// Number of the present lease.
    pub lease_no: i64,
    /// The worker that holds or held it.
    pub worker: Option<String>,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// Why the last run failed.
    pub error: Option<String>,
    /// What a sweep did: counts and ids.
    pub report: Option<Value>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// When a worker last took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Runs that failed and what operators did, oldest first; the latest fifty.
    pub history: Value,
}

impl Job {
    /// Its history as steps.
    pub fn events(&self) -> Vec<JobEvent> {
        let steps = self.history.as_array().into_iter().flatten();
        steps.filter_map(|step| JobEvent::deserialize(step).ok()).collect()
    }

    /// How long its last run took; `None` before it ended.
    pub fn took(&self) -> Option<TimeDelta> {
        Some(self.finished_at? - self.started_at?)
    }
}

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub(super) kind: JobKind,
    pub(super) payload: Value,
    pub(super) once: Once,
    pub(super) run_at: Option<DateTime<Utc>>,
    pub(super) request_id: Option<String>,
}

/// When the same thing is enqueued again.
#[derive(Debug, Clone)]
pub(super) enum Once {
    /// It runs again.
    Never,
    /// Nothing happens, even after the first has run.
    Unique(String),
    /// While the first waits, its hour moves, up to `cap` after it was enqueued.
    Debounced { key: String, cap: TimeDelta },
}

impl NewJob {
    /// A job that runs at once.
    pub fn new(kind: JobKind, payload: Value) -> Self {
        Self { kind, payload, once: Once::Never, run_at: None, request_id: None }
    }

    /// Enqueued once for ever: `key` names the business event, as `testimony-published:12`.
    #[must_use]
    pub fn unique(self, key: impl Into<String>) -> Self {
        Self { once: Once::Unique(key.into()), ..self }
    }

    /// Gathers events: while a job with this key waits, the next event only moves its hour to
    /// `run_at`, at most `latest_after_first` after the first event.
    #[must_use]
    pub fn debounced(
        self,
        key: impl Into<String>,
        run_at: DateTime<Utc>,
        latest_after_first: TimeDelta,
    ) -> Self {
        let once = Once::Debounced { key: key.into(), cap: latest_after_first };
        Self { once, run_at: Some(run_at), ..self }
    }

    /// Not before this instant.
    #[must_use]
    pub fn at(self, run_at: DateTime<Utc>) -> Self {
        Self { run_at: Some(run_at), ..self }
    }

    /// The request that caused it, for the logs.
    #[must_use]
    pub fn request(self, request_id: impl Into<String>) -> Self {
        Self { request_id: Some(request_id.into()), ..self }
    }

    /// The request that caused the job that leaves this one, if there was one.
    #[must_use]
    pub fn caused_by(self, request_id: Option<&str>) -> Self {
        Self { request_id: request_id.map(ToOwned::to_owned), ..self }
    }
}

/// A job ready to be inserted.
#[derive(Debug, Insertable)]
#[diesel(table_name = job)]
pub(super) struct Entry {
    pub queue: &'static str,
    pub kind: &'static str,
    pub unique_key: Option<String>,
    pub debounce_key: Option<String>,
    pub payload: Value,
    pub priority: i16,
    pub run_at: DateTime<Utc>,
    pub max_attempts: i32,
    pub request_id: Option<String>,
    pub trace: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// A job as a worker receives it: what to do and the numbers that prove it still may.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// Number of the job.
    pub id: i64,
    /// The fence: whoever answers with another number changes nothing.
    pub lease_no: i64,
    /// What to do.
    pub kind: JobKind,
    /// Ids that the handler loads.
    pub payload: Value,
    /// This run, from 1.
    pub attempt: i32,
    /// Runs after which it is dead.
    pub max_attempts: i32,
    /// Runs that ended with their process.
    pub crashes: i32,
    /// When it was due.
    pub run_at: DateTime<Utc>,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// Where in a trace it was left, as a W3C `traceparent`.
    pub trace: Option<String>,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Succeeded, or had nothing to do.
    Done,
    /// Failed; runs again at that instant.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        error: String,
    },
    /// Failed for good.
    Dead {
        /// Why.
        error: String,
    },
    /// Asked to run later; not an attempt.
    Later {
        /// When.
        at: DateTime<Utc>,
    },
    /// Not started, or stopped with the worker; runs again at once, not an attempt.
    GivenBack,
    /// Started and dropped in the middle; runs again at once, and counts as an attempt.
    Dropped,
}

/// What a run came to, with the numbers that prove who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// Number of the job.
    pub id: i64,
    /// The lease under which it ran.
    pub lease_no: i64,
    /// What it came to.
    pub outcome: Outcome,
}

/// Which jobs an operator lists.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one queue.
    pub queue: Option<Queue>,
    /// Of one kind.
    pub kind: Option<JobKind>,
    /// In one state.
    pub state: Option<JobState>,
}

/// The jobs of one queue in one state.
#[derive(Debug, Clone)]
pub(super) struct QueueRow {
    pub queue: Queue,
    pub state: JobState,
    pub jobs: i64,
    pub due: i64,
    pub earliest: Option<DateTime<Utc>>,
}

/// One queue in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueFigures {
    /// The queue.
    pub queue: Queue,
    /// Due and not started.
    pub waiting: i64,
    /// Started.
    pub running: i64,
    /// Not due yet.
    pub scheduled: i64,
    /// Failed for good.
    pub dead: i64,
    /// Succeeded in the last hour.
    pub done_last_hour: i64,
    /// Since when the oldest job that is due waits.
    pub oldest_due: Option<DateTime<Utc>>,
    /// Whether no job is taken from it, by an operator's wish.
    pub pause: Option<Pause>,
}

/// A queue from which no job is taken until an operator resumes it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_pause, check_for_backend(diesel::pg::Pg))]
pub struct Pause {
    /// The queue.
    pub queue: Queue,
    /// Since when, UTC.
    pub paused_at: DateTime<Utc>,
    /// Who paused it, as a reference: `account:12`.
    pub actor: String,
    /// Why, in their words.
    pub reason: String,
}
