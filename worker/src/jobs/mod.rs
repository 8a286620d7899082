//! What each kind of job does, one file per kind. Nothing here knows Apalis or leases.
//!
//! A handler reloads by id, checks again, and says « nothing to do » gladly: a job may run twice.

mod acknowledge_written_request;
mod alert_operators;
mod alert_testimonies;
mod ask_committee;
mod broadcast_event;
mod digest_written_requests;
mod draw_committee;
mod error;
mod probe;
mod purge_committees;
mod purge_operations;
mod remind_api_tokens;
mod remind_written_requests;
mod share_committee;
mod summarise_committee;
mod write_api_token_notice;
mod write_committee;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use schema::foundation::app::App;
use schema::foundation::trace;
use schema::operate::job::JobKind;
use schema::operate::job::model::{Claimed, Outcome};
use schema::operate::job::rules;
use serde::de::DeserializeOwned;
use tracing::Instrument;

pub use error::JobError;
pub(crate) use error::without_addresses;

use crate::mail::Mailer;
use crate::stream::EventStream;

/// What handlers work with.
#[derive(Clone)]
pub struct Ctx {
    /// The domain.
    pub app: App,
    /// Sends messages.
    pub mailer: Mailer,
    /// Announces live events.
    pub stream: EventStream,
}

/// Does one job, within the time limit of its kind.
///
/// # Errors
/// What to do instead of calling it done.
pub async fn handle(ctx: &Ctx, job: &Claimed) -> Result<(), JobError> {
    let request = job.request_id.as_deref().unwrap_or("-");
    let span = tracing::info_span!("job", otel.name = %job.kind, otel.kind = "consumer", id = job.id, kind = %job.kind, attempt = job.attempt, request);
    trace::go_on(&span, job.trace.as_deref());
    let limit = rules::terms(job.kind).time_limit;
    let work = tokio::time::timeout(limit, dispatch(ctx, job)).instrument(span);
    work.await.unwrap_or_else(|_| {
        Err(JobError::Retry(anyhow::anyhow!("stopped after {} seconds", limit.as_secs())))
    })
}

/// Boxed one by one: together they would make every run as large as the largest of them.
fn dispatch<'a>(ctx: &'a Ctx, job: &'a Claimed) -> BoxFuture<'a, Result<(), JobError>> {
    match job.kind {
        JobKind::BroadcastEvent => Box::pin(broadcast_event::run(ctx, job)),
        JobKind::AlertTestimonies => Box::pin(alert_testimonies::run(ctx, job)),
        JobKind::RemindWrittenRequests => Box::pin(remind_written_requests::run(ctx, job)),
        JobKind::DigestWrittenRequests => Box::pin(digest_written_requests::run(ctx, job)),
        JobKind::AcknowledgeWrittenRequest => Box::pin(acknowledge_written_request::run(ctx, job)),
        JobKind::AskCommittee => Box::pin(ask_committee::run(ctx, job)),
        JobKind::WriteCommittee => Box::pin(write_committee::run(ctx, job)),
        JobKind::SummariseCommittee => Box::pin(summarise_committee::run(ctx, job)),
        JobKind::DrawCommittee => Box::pin(draw_committee::run(ctx, job)),
        JobKind::ShareCommittee => Box::pin(share_committee::run(ctx, job)),
        JobKind::PurgeCommittees => Box::pin(purge_committees::run(ctx, job)),
        JobKind::RemindApiTokens => Box::pin(remind_api_tokens::run(ctx, job)),
        JobKind::WriteApiTokenNotice => Box::pin(write_api_token_notice::run(ctx, job)),
        JobKind::PurgeOperations => Box::pin(purge_operations::run(ctx, job)),
        JobKind::AlertOperators => Box::pin(alert_operators::run(ctx, job)),
        JobKind::Probe => Box::pin(probe::run(ctx, job)),
    }
}

/// The payload of a job. One that cannot be read never will be.
fn payload<T: DeserializeOwned>(job: &Claimed) -> Result<T, JobError> {
    T::deserialize(&job.payload)
        .map_err(|e| JobError::GiveUp(format!("payload cannot be read: {e}")))
}

/// What a run came to, as a word for the metrics and as an answer. Says it in the log, too.
pub(crate) fn outcome(
    job: &Claimed,
    ended: Result<(), JobError>,
    now: DateTime<Utc>,
) -> (&'static str, Outcome) {
    let (id, kind, attempt) = (job.id, job.kind, job.attempt);
    let request = job.request_id.as_deref().unwrap_or("-");
    match ended {
        Ok(()) => {
            tracing::debug!(id, %kind, attempt, request, "job done");
            ("done", Outcome::Done)
        }
        Err(JobError::NotStarted) => ("given back", Outcome::GivenBack),
        Err(JobError::Later(at)) => {
            tracing::info!(id, %kind, request, %at, "job comes back later");
            ("later", Outcome::Later { at })
        }
        Err(JobError::GiveUp(reason)) => {
            let error = without_addresses(&reason);
            tracing::error!(id, %kind, attempt, request, error, "job given up");
            ("dead", Outcome::Dead { error })
        }
        Err(JobError::Retry(cause)) => {
            let error = without_addresses(&format!("{cause:#}"));
            match rules::next_delay(job.kind, job.attempt, job.max_attempts) {
                Some(delay) => {
                    let at = now + delay;
                    tracing::warn!(id, %kind, attempt, request, %at, error, "job failed, will run again");
                    ("retry", Outcome::Retry { at, error })
                }
                None => {
                    tracing::error!(id, %kind, attempt, request, error, "job failed for the last time");
                    ("dead", Outcome::Dead { error })
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;

    fn job(kind: JobKind, attempt: i32) -> Claimed {
        let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().expect("an instant");
        Claimed {
            id: 1,
            lease_no: 1,
            kind,
            payload: json!({"account": "twelve"}),
            attempt,
            max_attempts: rules::terms(kind).max_attempts,
            crashes: 0,
            run_at: now,
            request_id: None,
            trace: None,
        }
    }

    #[test]
    fn a_failure_climbs_the_ladder_and_the_last_one_is_kept() {
        let now = job(JobKind::DigestWrittenRequests, 1).run_at;
        let failed = || Err(JobError::Retry(anyhow::anyhow!("boom")));
        let (_, first) = outcome(&job(JobKind::DigestWrittenRequests, 1), failed(), now);
        assert_eq!(first, Outcome::Retry { at: now + TimeDelta::minutes(1), error: "boom".into() });
        let (_, last) = outcome(&job(JobKind::DigestWrittenRequests, 9), failed(), now);
        assert_eq!(last, Outcome::Dead { error: "boom".into() });
    }

    #[test]
    fn coming_back_later_is_no_failure() {
        let job = job(JobKind::AlertTestimonies, 9);
        let (_, later) = outcome(&job, Err(JobError::Later(job.run_at)), job.run_at);
        assert_eq!(later, Outcome::Later { at: job.run_at });
    }

    #[test]
    fn a_payload_that_cannot_be_read_is_given_up() {
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code)] // only read
        struct Wanted {
            account: i64,
        }
        let read: Result<Wanted, JobError> = payload(&job(JobKind::AlertTestimonies, 1));
        assert!(matches!(read, Err(JobError::GiveUp(_))));
    }
}
