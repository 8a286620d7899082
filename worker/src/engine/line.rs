//! One queue inside this process: its slots, the jobs claimed and not started, and who waits for them.
//!
//! Short runs are claimed ahead: a statement for each of them would cost more than the run. How far ahead follows
//! from how long runs take, so that none waits longer in our hands than a setting says; long ones are not claimed
//! ahead at all, for another worker may have a slot for them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use schema::operate::job::Queue;
use schema::operate::job::model::Claimed;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::locked;

/// Jobs claimed ahead at most, however short they are.
const MOST_AHEAD: u64 = 512;
/// What runs are thought to take before some were seen: too long to claim any ahead.
const UNKNOWN: Duration = Duration::from_secs(1);
/// A job that waits longer than this for its slot was claimed by mistake: others may run it.
const STALE: Duration = Duration::from_secs(1);

/// A job under a lease of this process.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    /// The job.
    pub(crate) job: Arc<Claimed>,
    /// Cancelled when the lease is lost.
    pub(crate) lost: CancellationToken,
    /// When it was claimed.
    pub(super) since: Instant,
    /// When it began; not before it has a slot.
    pub(crate) began: Arc<OnceLock<Instant>>,
    /// The slots of its queue.
    free: Arc<Semaphore>,
}

impl Assigned {
    /// Waits for a slot, which is free again when the permit is dropped; `None` when it waits too long.
    pub(crate) async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        let slot = tokio::time::timeout(STALE, self.free.acquire()).await.ok()?.ok()?;
        self.began.get_or_init(Instant::now);
        Some(slot)
    }
}

/// The waiting line between the pump of a queue and the shell that runs its jobs.
#[derive(Debug)]
pub(crate) struct Line {
    /// The queue.
    pub(crate) queue: Queue,
    /// How many jobs may run at once.
    pub(crate) slots: usize,
    /// Those slots.
    free: Arc<Semaphore>,
    /// How long a job that was claimed ahead waits for its slot, about, in microseconds.
    patience: u64,
    /// Claimed jobs that were not answered yet.
    taken: AtomicUsize,
    /// How long a run takes, in microseconds: the last few weigh most.
    run: AtomicU64,
    buffer: Mutex<VecDeque<Assigned>>,
    shell: AtomicWaker,
    /// Wakes the pump.
    pub(super) news: Notify,
    /// The last claim may have left due jobs behind: a free slot is worth a look.
    pub(super) more: AtomicBool,
}

impl Line {
    pub(super) fn new(queue: Queue, slots: usize, patience: Duration) -> Self {
        Self {
            queue,
            slots,
            free: Arc::new(Semaphore::new(slots)),
            patience: micros(patience),
            taken: AtomicUsize::new(0),
            run: AtomicU64::new(micros(UNKNOWN)),
            buffer: Mutex::default(),
            shell: AtomicWaker::new(),
            news: Notify::new(),
            more: AtomicBool::new(true),
        }
    }

    /// How many jobs to claim now. Zero also while enough wait for their slots: few large claims cost less than many
    /// small ones.
    pub(super) fn wanted(&self) -> usize {
        let (taken, ahead) = (self.taken.load(Ordering::SeqCst), self.ahead());
        let room = (self.slots + ahead).saturating_sub(taken);
        if taken >= self.slots && room <= ahead / 2 { 0 } else { room }
    }

    /// How many jobs may wait here while all slots are taken.
    fn ahead(&self) -> usize {
        let run = self.run.load(Ordering::SeqCst).max(1);
        let ahead = (self.slots as u64 * self.patience / run).min(MOST_AHEAD);
        usize::try_from(ahead).unwrap_or(0)
    }

    /// Learns from a run how long runs take.
    pub(crate) fn ran(&self, took: Duration) {
        // Two at once may forget one of them: it is an estimate.
        let before = self.run.load(Ordering::SeqCst);
        self.run.store(before - before / 8 + micros(took) / 8, Ordering::SeqCst);
    }

    /// Puts a claimed job in line; it counts as taken until [`Line::release`].
    pub(super) fn push(&self, job: Claimed, lost: CancellationToken, since: Instant) {
        self.taken.fetch_add(1, Ordering::SeqCst);
        let (job, free, began) = (Arc::new(job), self.free.clone(), Arc::default());
        locked(&self.buffer).push_back(Assigned { job, lost, since, began, free });
        self.shell.wake();
    }

    /// The next job to start, or the promise to wake the shell.
    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Assigned> {
        // Registered before looking: a job pushed in between wakes us.
        self.shell.register(cx.waker());
        locked(&self.buffer).pop_front().map_or(Poll::Pending, Poll::Ready)
    }

    /// Takes the jobs that were not started.
    pub(super) fn take_back(&self) -> Vec<Assigned> {
        locked(&self.buffer).drain(..).collect()
    }

    /// Takes the jobs that were not started when they wait too long: the runs before them are longer than those
    /// that were seen when they were claimed.
    pub(super) fn take_stale(&self) -> Vec<Assigned> {
        let stale = |first: &Assigned| first.since.elapsed() > STALE;
        if !locked(&self.buffer).front().is_some_and(stale) {
            return vec![];
        }
        self.doubt();
        self.take_back()
    }

    /// Forgets what it learned of runs: nothing is claimed ahead for a while.
    pub(crate) fn doubt(&self) {
        self.run.store(micros(UNKNOWN), Ordering::SeqCst);
    }

    /// A job was answered: there is room for another.
    pub(super) fn release(&self) {
        self.taken.fetch_sub(1, Ordering::SeqCst);
        if self.more.load(Ordering::SeqCst) && self.wanted() > 0 {
            self.news.notify_one();
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(slots: usize, runs: usize, took: Duration) -> Line {
        let line = Line::new(Queue::Probe, slots, Duration::from_millis(10));
        for _ in 0..runs {
            line.ran(took);
        }
        line
    }

    #[test]
    fn nothing_is_claimed_ahead_before_runs_were_seen_or_when_they_are_long() {
        assert_eq!(after(16, 0, Duration::ZERO).wanted(), 16);
        assert_eq!(after(16, 9, Duration::from_secs(60)).wanted(), 16);
        assert_eq!(after(4, 200, Duration::from_millis(50)).wanted(), 4);
    }

    #[test]
    fn what_is_claimed_ahead_waits_ten_milliseconds_and_is_bounded() {
        let ahead = after(16, 200, Duration::from_millis(1)).wanted() - 16;
        assert!((150..=160).contains(&ahead), "{ahead}");
        assert_eq!(after(16, 200, Duration::ZERO).wanted(), 16 + 512);
        assert_eq!(after(usize::from(u16::MAX), 200, Duration::ZERO).ahead(), 512);
    }

    #[test]
    fn it_can_be_switched_off() {
        let line = Line::new(Queue::Probe, 16, Duration::ZERO);
        (0..200).for_each(|_| line.ran(Duration::ZERO));
        assert_eq!(line.wanted(), 16);
    }

    #[test]
    fn one_long_run_ends_it() {
        let line = after(16, 200, Duration::from_millis(1));
        line.ran(Duration::from_secs(60));
        assert_eq!(line.wanted(), 16);
    }

    #[test]
    fn a_claim_is_worth_its_statement() {
        let line = after(16, 200, Duration::ZERO);
        line.taken.store(16 + 256, Ordering::SeqCst);
        assert_eq!(line.wanted(), 0, "half of what is ahead is still there");
        line.taken.store(16 + 255, Ordering::SeqCst);
        assert_eq!(line.wanted(), 257);
        line.taken.store(15, Ordering::SeqCst);
        assert_eq!(line.wanted(), 513, "a slot is free");
    }
}
