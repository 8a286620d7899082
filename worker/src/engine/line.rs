//! One queue inside this process: its slots, the jobs claimed and not started, and who waits for them.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use schema::operate::job::Queue;
use schema::operate::job::model::Claimed;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::locked;

/// A job under a lease of this process.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    /// The job.
    pub(crate) job: Claimed,
    /// Cancelled when the lease is lost.
    pub(crate) lost: CancellationToken,
}

/// The waiting line between the pump of a queue and the shell that runs its jobs.
#[derive(Debug)]
pub(crate) struct Line {
    /// The queue.
    pub(crate) queue: Queue,
    /// How many jobs may run at once.
    pub(crate) slots: usize,
    taken: AtomicUsize,
    buffer: Mutex<VecDeque<Assigned>>,
    shell: AtomicWaker,
    /// Wakes the pump.
    pub(super) news: Notify,
    /// The last claim may have left due jobs behind: a free slot is worth a look.
    pub(super) more: AtomicBool,
}

impl Line {
    pub(super) fn new(queue: Queue, slots: usize) -> Self {
        Self {
            queue,
            slots,
            taken: AtomicUsize::new(0),
            buffer: Mutex::default(),
            shell: AtomicWaker::new(),
            news: Notify::new(),
            more: AtomicBool::new(true),
        }
    }

    /// Slots that no claimed job holds.
    pub(super) fn free(&self) -> usize {
        self.slots.saturating_sub(self.taken.load(Ordering::SeqCst))
    }

    /// Puts a claimed job in line; it takes a slot until [`Line::release`].
    pub(super) fn push(&self, assigned: Assigned) {
        self.taken.fetch_add(1, Ordering::SeqCst);
        locked(&self.buffer).push_back(assigned);
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

    /// Frees a slot.
    pub(super) fn release(&self) {
        self.taken.fetch_sub(1, Ordering::SeqCst);
        if self.more.load(Ordering::SeqCst) {
            self.news.notify_one();
        }
    }
}
