//! Leases: everything between the job table and the shell that runs jobs. Knows no Apalis.
//!
//! One engine per process. Each part has a connection of its own, so that nothing can starve it:
//! a pump per queue (claims), one acker (answers), one listener (wakes the pumps at a commit), and the
//! beat, on its own thread, which renews leases and takes back those that nobody renews.

mod acks;
mod beat;
mod lease;
mod line;
mod listen;
mod pump;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use schema::foundation::clock::Clock;
use schema::foundation::database::Conn;
use schema::operate::job::model::{Ack, Claimed, Outcome};
use schema::operate::job::service;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use lease::Lease;
pub(crate) use line::{Assigned, Line};

use crate::config::Config;
use crate::metrics::Metrics;

/// Longest wait for a connection or a statement before the connection is given up. Longer than the
/// server's own limits, so that the server gives up first.
const PATIENCE: Duration = Duration::from_secs(8);
/// Longest wait for the last answers when the program stops.
const FLUSH: Duration = Duration::from_secs(5);

/// A job and the number of its lease.
type Key = (i64, i64);

/// What this process holds.
struct Held {
    /// Cancelled when the lease is lost: the run must stop.
    lost: CancellationToken,
    /// The run has ended and its answer is on the way: renew, but do not call it lost.
    answered: bool,
}

/// The job here that has one chance left (`rules::is_suspect`): at most one, whatever its queue, for a crash hits all
/// that is in hand. It stays here until its end is written.
enum Suspect {
    Nobody,
    /// A claim that may bring one is on its way.
    Asked,
    Here {
        job: i64,
        line: Arc<Line>,
    },
}

/// Claims, renews and answers leases for one process.
pub(crate) struct Engine {
    url: String,
    /// Name of this worker in the job table.
    pub(crate) name: String,
    /// The application's time.
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    lines: Vec<Arc<Line>>,
    held: Mutex<HashMap<Key, Held>>,
    answers: UnboundedSender<Ack>,
    unanswered: AtomicUsize,
    suspect: Mutex<Suspect>,
    last_beat: Mutex<Option<Instant>>,
    /// Asks for a look at the schedules: whoever moved the clock wakes everything.
    pub(crate) ticks: tokio::sync::Notify,
    /// No more claims: buffered jobs are given back, running ones finish.
    draining: CancellationToken,
    /// No more beats.
    finished: CancellationToken,
}

/// The running parts of an engine, to be ended with [`Parts::finish`].
pub(crate) struct Parts {
    engine: Arc<Engine>,
    pumps: Vec<JoinHandle<()>>,
    helpers: Vec<JoinHandle<()>>,
    beat: Option<std::thread::JoinHandle<()>>,
}

impl Engine {
    /// Starts every part. Nothing fails when PostgreSQL is away: the parts wait for it.
    pub(crate) fn start(
        config: &Config,
        name: String,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> anyhow::Result<(Arc<Self>, Parts)> {
        let (answers, to_write) = unbounded_channel();
        let line = |(queue, slots): &_| Arc::new(Line::new(*queue, *slots, config.claim_ahead));
        let engine = Arc::new(Self {
            url: config.database_url.clone(),
            name,
            clock,
            metrics,
            lines: config.slots.iter().map(line).collect(),
            held: Mutex::default(),
            answers,
            unanswered: AtomicUsize::new(0),
            suspect: Mutex::new(Suspect::Nobody),
            last_beat: Mutex::default(),
            ticks: tokio::sync::Notify::new(),
            draining: CancellationToken::new(),
            finished: CancellationToken::new(),
        });
        let parts = Parts::start(&engine, to_write)?;
        Ok((engine, parts))
    }

    /// The line of each queue.
    pub(crate) fn lines(&self) -> &[Arc<Line>] {
        &self.lines
    }

    /// Stops claiming. Jobs not started yet are given back.
    pub(crate) fn drain(&self) {
        self.draining.cancel();
    }

    /// Whether the last beat reached the database recently.
    pub(crate) fn is_ready(&self) -> bool {
        let last = *locked(&self.last_beat);
        last.is_some_and(|at| at.elapsed() < Duration::from_secs(5))
            && !self.draining.is_cancelled()
    }

    /// Whether a claim may bring a suspect. To be followed by [`Engine::suspect`].
    fn may_suspect(&self) -> bool {
        let mut suspect = locked(&self.suspect);
        let free = matches!(*suspect, Suspect::Nobody);
        if free {
            *suspect = Suspect::Asked;
        }
        free
    }

    /// What that claim brought.
    fn suspect(&self, job: Option<i64>, line: &Arc<Line>) {
        *locked(&self.suspect) = match job {
            None => Suspect::Nobody,
            Some(job) => Suspect::Here { job, line: line.clone() },
        };
    }

    /// Jobs are out of this process's hands. When the suspect is among them, its queue may bring another.
    fn acquit(&self, mut jobs: impl Iterator<Item = i64>) {
        let mut suspect = locked(&self.suspect);
        if let Suspect::Here { job, line } = &*suspect
            && jobs.any(|other| other == *job)
        {
            line.more.store(true, Ordering::SeqCst);
            line.news.notify_one();
            *suspect = Suspect::Nobody;
        }
    }

    /// Remembers a lease just taken.
    fn hold(&self, job: &Claimed) -> CancellationToken {
        let lost = CancellationToken::new();
        let held = Held { lost: lost.clone(), answered: false };
        locked(&self.held).insert((job.id, job.lease_no), held);
        lost
    }

    /// Sends the answer of a run on its way.
    fn answer(&self, job: &Claimed, outcome: Outcome) {
        if let Some(held) = locked(&self.held).get_mut(&(job.id, job.lease_no)) {
            held.answered = true;
        }
        self.unanswered.fetch_add(1, Ordering::SeqCst);
        let ack = Ack { id: job.id, lease_no: job.lease_no, outcome };
        if self.answers.send(ack).is_err() {
            // The acker is gone with the program; the lease runs out and another worker takes over.
            self.unanswered.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// A connection of its own for one part, as soon as PostgreSQL gives one; `None` when `stop` comes
    /// first. The pause keeps an outage from becoming a storm of connections.
    async fn connect(&self, part: &str, stop: &CancellationToken) -> Option<Conn> {
        let mut told = false;
        loop {
            let opened = tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                opened = tokio::time::timeout(PATIENCE, service::open(&self.url)) => opened,
            };
            match opened {
                Ok(Ok(conn)) => {
                    if told {
                        tracing::info!(part, "PostgreSQL answers again");
                    }
                    return Some(conn);
                }
                Ok(Err(_)) | Err(_) if told => {}
                Ok(Err(error)) => tracing::warn!(part, "PostgreSQL does not answer: {error:#}"),
                Err(_) => tracing::warn!(part, "PostgreSQL does not answer in time"),
            }
            told = true;
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(Duration::from_millis(300)) => {}
            }
        }
    }
}

impl Parts {
    fn start(engine: &Arc<Engine>, to_write: UnboundedReceiver<Ack>) -> anyhow::Result<Self> {
        let pumps = engine
            .lines
            .iter()
            .map(|line| tokio::spawn(pump::run(engine.clone(), line.clone())))
            .collect();
        let helpers = vec![
            tokio::spawn(acks::run(engine.clone(), to_write)),
            tokio::spawn(listen::run(engine.clone())),
        ];
        let beat = Some(beat::start(engine.clone())?);
        Ok(Self { engine: engine.clone(), pumps, helpers, beat })
    }

    /// Waits until nothing is left to answer, or five seconds, and stops every part.
    pub(crate) async fn finish(mut self) {
        self.engine.drain();
        let flushed = tokio::time::timeout(FLUSH, async {
            for pump in &mut self.pumps {
                if let Err(error) = pump.await {
                    tracing::error!("a pump ended badly: {error}");
                }
            }
            while self.engine.unanswered.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        if flushed.is_err() {
            let left = self.engine.unanswered.load(Ordering::SeqCst);
            tracing::warn!(left, "stopping with answers unwritten; their leases will run out");
        }
    }
}

/// Whatever ends the program's run ends the parts too, also when a test drops it.
impl Drop for Parts {
    fn drop(&mut self) {
        self.engine.drain();
        self.engine.finished.cancel();
        for part in self.pumps.iter().chain(&self.helpers) {
            part.abort();
        }
        if let Some(beat) = self.beat.take() {
            // It looks at its token between two statements; nobody waits for it.
            drop(beat);
        }
    }
}

/// A lock whose holder cannot have left half-done work behind: a panic elsewhere changes nothing.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
