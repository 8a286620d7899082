//! One run of one job, from its start to its answer.

use std::sync::Arc;

use schema::operate::job::model::{Claimed, Outcome};

use super::{Engine, Line, locked};

/// Answers for a run exactly once: with its outcome, not at all when the lease was lost, or as dropped
/// when the run's future goes away (a panic outside of the job, or the end of the grace of a stop).
pub(crate) struct Lease {
    engine: Arc<Engine>,
    line: Arc<Line>,
    job: Arc<Claimed>,
    open: bool,
}

impl Lease {
    /// Watches over a run that starts now.
    pub(crate) fn new(engine: Arc<Engine>, line: Arc<Line>, job: Arc<Claimed>) -> Self {
        Self { engine, line, job, open: true }
    }

    /// Answers with what the run came to.
    pub(crate) fn settle(mut self, outcome: Outcome) {
        self.open = false;
        self.engine.answer(&self.job, outcome);
        self.line.release();
    }

    /// Says nothing: the job belongs to another run, or to nobody.
    pub(crate) fn forget(mut self) {
        self.open = false;
        locked(&self.engine.held).remove(&(self.job.id, self.job.lease_no));
        self.engine.acquit(std::iter::once(self.job.id));
        self.line.release();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.open {
            self.engine.answer(&self.job, Outcome::Dropped);
            self.line.release();
        }
    }
}
