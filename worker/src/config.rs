//! What a worker is told when it starts, from the command line or the environment.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use lettre::message::Mailbox;
use schema::operate::job::Queue;

use crate::mail::Target;

/// Settings of the program. Those of the domain are in `schema::foundation::settings`.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// PostgreSQL.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
    /// Redis, for the stream of live events.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis_url: String,
    /// Address of /healthz, /readyz and /metrics.
    #[arg(long, env = "SPP_WORKER_LISTEN", default_value = "127.0.0.1:8001")]
    pub listen: SocketAddr,
    /// Where messages go: dir:/path, smtp://host:port, smtp://…?tls=required (STARTTLS) or smtps://…;
    /// user and password as in smtps://user:password@host.
    #[arg(long, env = "SPP_MAIL", hide_env_values = true)]
    pub mail: String,
    /// Sender of messages.
    #[arg(
        long,
        env = "SPP_MAIL_FROM",
        default_value = "Services Publics + <ne-pas-repondre@services-publics-plus.example>"
    )]
    pub mail_from: String,
    /// Longest hand-over of one message.
    #[arg(long, env = "SPP_MAIL_TIMEOUT_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub mail_timeout_seconds: u64,
    /// Certificates (PEM) of mail servers that no public authority knows.
    #[arg(long, env = "SPP_MAIL_CA")]
    pub mail_ca: Option<std::path::PathBuf>,
    /// Messages handed over at once, and connections to the mail server at most.
    #[arg(long, env = "SPP_MAIL_CONCURRENCY", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub mail_concurrency: u16,
    /// Messages that leave in a second, all workers together; no limit when absent.
    #[arg(long, env = "SPP_MAIL_PER_SECOND", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub mail_per_second: Option<u32>,
    /// Drills at once, per worker: for measurements.
    #[arg(long, env = "SPP_PROBE_SLOTS", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub probe_slots: u16,
    /// How long a short job that was claimed ahead of its slot waits for it, about; 0 claims none ahead.
    #[arg(long, env = "SPP_CLAIM_AHEAD_MS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=500))]
    pub claim_ahead_ms: u64,
    /// Whether it looks for what is out of order and tells operators; drills on a set clock switch it off.
    #[arg(long, env = "SPP_WATCH", default_value = "on")]
    pub watch: Switch,
    /// How long running jobs may finish when the program is told to stop.
    #[arg(long, env = "SPP_WORKER_GRACE_SECONDS", default_value_t = 40, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub grace_seconds: u64,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// What a worker runs with.
#[derive(Debug, Clone)]
pub struct Config {
    /// PostgreSQL, for the connections outside of the pool.
    pub database_url: String,
    /// Redis.
    pub redis_url: String,
    /// Address of the health page; none in most tests.
    pub listen: Option<SocketAddr>,
    /// Where messages go.
    pub mail: Target,
    /// Sender of messages.
    pub mail_from: Mailbox,
    /// Longest hand-over of one message.
    pub mail_timeout: Duration,
    /// Messages that leave in a second, all workers together.
    pub mail_per_second: Option<u32>,
    /// Whether it looks for what is out of order and tells operators; off in most tests.
    pub watch: bool,
    /// Jobs at once, per queue.
    pub slots: Vec<(Queue, usize)>,
    /// How long a short job that was claimed ahead of its slot waits for it, about; none is at zero.
    pub claim_ahead: Duration,
    /// How long running jobs may finish at a stop.
    pub grace: Duration,
}

impl Config {
    /// A worker with the usual slots, without a health page.
    ///
    /// # Errors
    /// When the mail target cannot be read.
    pub fn new(database_url: &str, redis_url: &str, mail: &str) -> anyhow::Result<Self> {
        Ok(Self {
            database_url: database_url.to_owned(),
            redis_url: redis_url.to_owned(),
            listen: None,
            mail: Target::parse(mail, None)?,
            mail_from: "Services Publics + <ne-pas-repondre@services-publics-plus.example>"
                .parse()?,
            mail_timeout: Duration::from_secs(30),
            mail_per_second: None,
            watch: false,
            slots: slots(4, 16),
            claim_ahead: Duration::from_millis(10),
            grace: Duration::from_secs(40),
        })
    }
}

fn slots(mail: usize, probe: usize) -> Vec<(Queue, usize)> {
    Queue::ALL
        .iter()
        .map(|queue| match queue {
            Queue::Events => (*queue, 8),
            Queue::Mail => (*queue, mail),
            // Four, because ten thousand committees may have to be asked within the same hour.
            Queue::Sweeps => (*queue, 4),
            Queue::Alerts => (*queue, 1),
            Queue::Probe => (*queue, probe),
        })
        .collect()
}

impl TryFrom<Settings> for Config {
    type Error = anyhow::Error;

    fn try_from(settings: Settings) -> anyhow::Result<Self> {
        let ca = settings
            .mail_ca
            .map(|path| {
                std::fs::read(&path).with_context(|| format!("SPP_MAIL_CA: {}", path.display()))
            })
            .transpose()?;
        Ok(Self {
            database_url: settings.database_url,
            redis_url: settings.redis_url,
            listen: Some(settings.listen),
            mail: Target::parse(&settings.mail, ca.as_deref()).context("SPP_MAIL")?,
            mail_from: settings.mail_from.parse().context("SPP_MAIL_FROM: « Name <address> »")?,
            mail_timeout: Duration::from_secs(settings.mail_timeout_seconds),
            mail_per_second: settings.mail_per_second,
            watch: settings.watch == Switch::On,
            slots: slots(usize::from(settings.mail_concurrency), usize::from(settings.probe_slots)),
            claim_ahead: Duration::from_millis(settings.claim_ahead_ms),
            grace: Duration::from_secs(settings.grace_seconds),
        })
    }
}
