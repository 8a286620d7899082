//! How each kind of job is treated, and the arithmetic of retries.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::model::{Claimed, JobKind, JobState, NewJob, Once, Queue, QueueFigures, QueueRow};

/// How long a lease lasts without a beat.
pub const LEASE: Duration = Duration::from_secs(5);
/// Time between two beats of a worker.
pub const BEAT: Duration = Duration::from_millis(1500);
/// Runs that may end with their process before the job is set aside.
pub const MAX_CRASHES: i32 = 3;
/// Crashes after which a job takes its last chance without another of its like in the same process: those that ran
/// beside the one that kills it outlive it.
pub(super) const SUSPECT_CRASHES: i32 = MAX_CRASHES - 1;
/// How long a finished job stays readable.
pub const FINISHED_KEPT: TimeDelta = TimeDelta::days(30);
/// How long a finished job of a schedule stays: its key keeps a tick from running twice, so longer
/// than any outage of a process.
pub const SCHEDULED_KEPT: TimeDelta = TimeDelta::days(400);
/// The longest text of an error that is kept.
pub const ERROR_LENGTH: usize = 2000;

const SECOND: i64 = 1;
const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// For messages: 1 m, 5 m, 15 m, 1 h, 4 h, 12 h, 24 h, 24 h.
const MAIL_LADDER: &[i64] =
    &[MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR];
/// For events: they wait for Redis, however long it takes; the last step repeats.
const EVENT_LADDER: &[i64] = &[SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND];
/// For sweeps: the next planned one comes anyway.
const SWEEP_LADDER: &[i64] = &[MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
/// For drills.
const PROBE_LADDER: &[i64] = &[SECOND, 2 * SECOND];

/// How a kind of job is treated.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Where it waits.
    pub queue: Queue,
    /// 10, 0 or -10 within its queue; higher first.
    pub priority: i16,
    /// Runs after which it is dead.
    pub max_attempts: i32,
    /// Longest run.
    pub time_limit: Duration,
    /// Seconds before the second run, the third, …; the last step repeats.
    pub ladder: &'static [i64],
}

/// The terms of a kind.
pub const fn terms(kind: JobKind) -> Terms {
    match kind {
        JobKind::BroadcastEvent => Terms {
            queue: Queue::Events,
            priority: 10,
            // About a month of half minutes: events outlive any outage of Redis.
            max_attempts: 100_000,
            time_limit: Duration::from_secs(10),
            ladder: EVENT_LADDER,
        },
        // Somebody waits for it in front of a screen.
        JobKind::AcknowledgeWrittenRequest | JobKind::WriteCommittee => mail(10),
        JobKind::AlertTestimonies
        | JobKind::DigestWrittenRequests
        | JobKind::SummariseCommittee
        | JobKind::WriteApiTokenNotice => mail(0),
        // Nobody's day depends on it: what has an hour goes first.
        JobKind::ShareCommittee => mail(-10),
        JobKind::RemindWrittenRequests
        | JobKind::RemindApiTokens
        | JobKind::AskCommittee
        | JobKind::DrawCommittee => sweep(0),
        JobKind::PurgeOperations | JobKind::PurgeCommittees => sweep(-10),
        // Apart, so that a mail queue that stands still cannot keep its own alert.
        JobKind::AlertOperators => Terms { queue: Queue::Alerts, ..mail(10) },
        JobKind::Probe => Terms {
            queue: Queue::Probe,
            priority: 0,
            max_attempts: 3,
            time_limit: Duration::from_secs(60),
            ladder: PROBE_LADDER,
        },
    }
}

const fn mail(priority: i16) -> Terms {
    // Longer than the time limit of one send, so that a slow mail server is blamed by its own limit.
    let time_limit = Duration::from_secs(180);
    Terms { queue: Queue::Mail, priority, max_attempts: 9, time_limit, ladder: MAIL_LADDER }
}

const fn sweep(priority: i16) -> Terms {
    let time_limit = Duration::from_secs(600);
    Terms { queue: Queue::Sweeps, priority, max_attempts: 5, time_limit, ladder: SWEEP_LADDER }
}

/// How long to wait after run number `attempt` failed; `None` when it was the last one.
pub fn next_delay(kind: JobKind, attempt: i32, max_attempts: i32) -> Option<TimeDelta> {
    if attempt >= max_attempts {
        return None;
    }
    let ladder = terms(kind).ladder;
    let step = usize::try_from(attempt - 1).unwrap_or(0).min(ladder.len().saturating_sub(1));
    ladder.get(step).map(|seconds| TimeDelta::seconds(*seconds))
}

/// When a new job first runs. One that gathers events waits no longer than its cap, even alone.
pub(super) fn first_run(now: DateTime<Utc>, job: &NewJob) -> DateTime<Utc> {
    let wanted = job.run_at.unwrap_or(now);
    match &job.once {
        Once::Debounced { cap, .. } => wanted.min(now + *cap),
        Once::Never | Once::Unique(_) => wanted,
    }
}

/// Whether one more crash would set a job aside.
pub const fn is_suspect(job: &Claimed) -> bool {
    job.crashes >= SUSPECT_CRASHES
}

/// The kinds that wait in a queue.
pub fn kinds_of(queue: Queue) -> Vec<JobKind> {
    JobKind::ALL.iter().copied().filter(|kind| terms(*kind).queue == queue).collect()
}

/// Sums up one queue.
pub(super) fn figures(queue: Queue, rows: &[QueueRow]) -> QueueFigures {
    let of = |state: JobState| rows.iter().find(|row| row.queue == queue && row.state == state);
    let ready = of(JobState::Ready);
    let jobs = |state| of(state).map_or(0, |row| row.jobs);
    QueueFigures {
        queue,
        waiting: ready.map_or(0, |row| row.due),
        running: jobs(JobState::Running),
        scheduled: ready.map_or(0, |row| row.jobs - row.due),
        dead: jobs(JobState::Dead),
        // The earliest of all is the oldest due one, as soon as one is due.
        oldest_due: ready.filter(|row| row.due > 0).and_then(|row| row.earliest),
        done_last_hour: 0,
        pause: None,
    }
}

/// An error text fit to be stored: PostgreSQL refuses NUL, and one refused text would hold back the
/// results of every job acknowledged with it.
pub fn storable(error: &str) -> String {
    error.chars().filter(|c| *c != '\0').take(ERROR_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_climbs_the_ladder_of_the_house_and_then_dies() {
        let terms = terms(JobKind::DigestWrittenRequests);
        let minutes: Vec<Option<i64>> = (1..=9)
            .map(|attempt| {
                next_delay(JobKind::DigestWrittenRequests, attempt, terms.max_attempts)
                    .map(|delay| delay.num_minutes())
            })
            .collect();
        let expected = [1, 5, 15, 60, 240, 720, 1440, 1440].map(Some);
        assert_eq!(minutes[..8], expected);
        assert_eq!(minutes[8], None);
    }

    #[test]
    fn events_wait_for_redis_for_weeks() {
        let terms = terms(JobKind::BroadcastEvent);
        let delay = |attempt| next_delay(JobKind::BroadcastEvent, attempt, terms.max_attempts);
        assert_eq!(delay(1), Some(TimeDelta::seconds(1)));
        assert_eq!(delay(50_000), Some(TimeDelta::seconds(30)));
    }

    #[test]
    fn every_kind_can_be_claimed() {
        for kind in JobKind::ALL {
            let terms = terms(*kind);
            assert!([10, 0, -10].contains(&terms.priority), "{kind}: claims look at three levels");
            assert!(terms.max_attempts >= MAX_CRASHES, "{kind}");
            assert!(!terms.ladder.is_empty(), "{kind}");
            assert!(kinds_of(terms.queue).contains(kind));
        }
    }

    #[test]
    fn a_gathering_job_waits_no_longer_than_its_cap() {
        let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().expect("an instant");
        let job = |quiet, cap| {
            NewJob::new(JobKind::AlertTestimonies, serde_json::json!({"account": 1})).debounced(
                "k",
                now + TimeDelta::seconds(quiet),
                TimeDelta::seconds(cap),
            )
        };
        assert_eq!(first_run(now, &job(300, 7200)), now + TimeDelta::seconds(300));
        assert_eq!(first_run(now, &job(300, 60)), now + TimeDelta::seconds(60));
    }

    #[test]
    fn a_stored_error_has_no_nul_and_an_end() {
        assert_eq!(storable("a\0b"), "ab");
        assert_eq!(storable(&"é".repeat(5000)).chars().count(), ERROR_LENGTH);
    }
}
