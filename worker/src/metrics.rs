//! What a worker counts. Each run has a registry of its own, so that several may live in one process.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use schema::foundation::database::Conn;
use schema::operate::email::MailKind;
use schema::operate::email::model::MailStatus;
use schema::operate::incident::model::IncidentKind;
use schema::operate::job::model::QueueFigures;
use schema::operate::job::{JobKind, JobState, Queue};
use schema::operate::{email, incident, job, schedule};

/// Where the product stands, as the database has it.
pub(crate) struct Standing {
    at: DateTime<Utc>,
    queues: Vec<QueueFigures>,
    schedules: Vec<schedule::model::Standing>,
    incidents: Vec<IncidentKind>,
    mails: Vec<(MailStatus, i64)>,
}

impl Standing {
    /// Looks at it.
    ///
    /// # Errors
    /// When PostgreSQL refuses.
    pub(crate) async fn look(conn: &mut Conn, at: DateTime<Utc>) -> QueryResult<Self> {
        Ok(Self {
            at,
            queues: job::service::figures(conn, at).await?,
            schedules: schedule::service::all(conn, at).await?,
            incidents: incident::service::open_kinds(conn).await?,
            mails: email::service::unfinished(conn).await?,
        })
    }
}

/// The figures of one worker.
pub(crate) struct Metrics {
    registry: Registry,
    jobs: IntCounterVec,
    seconds: HistogramVec,
    queues: IntGaugeVec,
    oldest: IntGaugeVec,
    paused: IntGaugeVec,
    done: IntGaugeVec,
    planned: IntGaugeVec,
    ran_at: IntGaugeVec,
    incidents: IntGaugeVec,
    ledger: IntGaugeVec,
    mails: IntCounterVec,
    pub(crate) takeovers: IntCounter,
}

impl Metrics {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let registry = Registry::new();
        let jobs = IntCounterVec::new(
            Opts::new("spp_jobs_total", "Runs of jobs, by what they came to"),
            &["queue", "kind", "outcome"],
        )?;
        let buckets = vec![0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0];
        let seconds = HistogramVec::new(
            HistogramOpts::new("spp_job_seconds", "Duration of runs").buckets(buckets),
            &["queue", "kind"],
        )?;
        let queues = IntGaugeVec::new(
            Opts::new("spp_queue_jobs", "Jobs of a queue, by where they stand"),
            &["queue", "state"],
        )?;
        let oldest = IntGaugeVec::new(
            Opts::new("spp_queue_oldest_seconds", "Wait of the oldest due job"),
            &["queue"],
        )?;
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            IntGaugeVec::new(Opts::new(name, help), labels)
        };
        let paused = gauge("spp_queue_paused", "1 while an operator paused the queue", &["queue"])?;
        let done = gauge("spp_queue_done_last_hour", "Jobs that succeeded in an hour", &["queue"])?;
        let planned = gauge(
            "spp_schedule_next_timestamp_seconds",
            "When a schedule ticks next",
            &["schedule"],
        )?;
        let ran_at = gauge(
            "spp_schedule_done_timestamp_seconds",
            "When the last tick of a schedule was done",
            &["schedule"],
        )?;
        let incidents = gauge("spp_incidents", "Open incidents", &["kind"])?;
        let ledger = gauge(
            "spp_mail_messages",
            "Messages that are not at their end, by status",
            &["status"],
        )?;
        let mails = IntCounterVec::new(
            Opts::new("spp_mails_total", "Messages, by what became of them"),
            &["kind", "outcome"],
        )?;
        let takeovers = IntCounter::new(
            "spp_job_takeovers_total",
            "Jobs taken back from workers that fell silent",
        )?;
        registry.register(Box::new(jobs.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(queues.clone()))?;
        registry.register(Box::new(oldest.clone()))?;
        for gauge in [&paused, &done, &planned, &ran_at, &incidents, &ledger] {
            registry.register(Box::new(gauge.clone()))?;
        }
        registry.register(Box::new(mails.clone()))?;
        registry.register(Box::new(takeovers.clone()))?;
        Ok(Self {
            registry,
            jobs,
            seconds,
            queues,
            oldest,
            paused,
            done,
            planned,
            ran_at,
            incidents,
            ledger,
            mails,
            takeovers,
        })
    }

    /// Counts one run.
    pub(crate) fn ran(&self, queue: Queue, kind: JobKind, outcome: &str, took: Duration) {
        let (queue, kind) = (queue.as_str(), kind.as_str());
        self.jobs.with_label_values(&[queue, kind, outcome]).inc();
        self.seconds.with_label_values(&[queue, kind]).observe(took.as_secs_f64());
    }

    /// Counts one message.
    pub(crate) fn mailed(&self, kind: MailKind, outcome: &str) {
        self.mails.with_label_values(&[kind.as_str(), outcome]).inc();
    }

    /// Shows where the product stands as the database has it: every worker shows the same.
    pub(crate) fn show(&self, found: &Standing) {
        let now = found.at;
        for schedule in &found.schedules {
            let name = schedule.schedule.name;
            if let Some(next) = schedule.next {
                self.planned.with_label_values(&[name]).set(next.timestamp());
            }
            let done = schedule.last_run.as_ref().filter(|job| job.state == JobState::Done);
            if let Some(at) = done.and_then(|job| job.finished_at) {
                self.ran_at.with_label_values(&[name]).set(at.timestamp());
            }
        }
        for kind in IncidentKind::ALL {
            let open = found.incidents.iter().filter(|open| *open == kind).count();
            self.incidents
                .with_label_values(&[kind.as_str()])
                .set(i64::try_from(open).unwrap_or(0));
        }
        for (status, messages) in &found.mails {
            self.ledger.with_label_values(&[status.as_str()]).set(*messages);
        }
        for figures in &found.queues {
            let queue = figures.queue.as_str();
            for (state, jobs) in [
                ("waiting", figures.waiting),
                ("running", figures.running),
                ("scheduled", figures.scheduled),
                ("dead", figures.dead),
            ] {
                self.queues.with_label_values(&[queue, state]).set(jobs);
            }
            let oldest = figures.oldest_due.map_or(0, |since| (now - since).num_seconds());
            self.oldest.with_label_values(&[queue]).set(oldest);
            self.paused.with_label_values(&[queue]).set(i64::from(figures.pause.is_some()));
            self.done.with_label_values(&[queue]).set(figures.done_last_hour);
        }
    }

    /// Everything as Prometheus reads it.
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8(text)?)
    }
}
