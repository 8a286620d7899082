//! What a worker counts. Each run has a registry of its own, so that several may live in one process.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use schema::operate::email::MailKind;
use schema::operate::job::model::QueueFigures;
use schema::operate::job::{JobKind, Queue};

/// The figures of one worker.
pub(crate) struct Metrics {
    registry: Registry,
    jobs: IntCounterVec,
    seconds: HistogramVec,
    queues: IntGaugeVec,
    oldest: IntGaugeVec,
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
        registry.register(Box::new(mails.clone()))?;
        registry.register(Box::new(takeovers.clone()))?;
        Ok(Self { registry, jobs, seconds, queues, oldest, mails, takeovers })
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

    /// Shows where the queues stand.
    pub(crate) fn show(&self, queues: &[QueueFigures], now: chrono::DateTime<chrono::Utc>) {
        for figures in queues {
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
        }
    }

    /// Everything as Prometheus reads it.
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8(text)?)
    }
}
