//! Apalis over our leases: where its workers take jobs from, and the layer that answers for each run.
//!
//! The stock storages of Apalis cannot join a Diesel transaction and lose or repeat work under faults
//! (docs/decisions/0001). Here Apalis only executes: jobs reach it claimed, and what a run
//! came to is written by the engine. The backend cannot fail, so nothing that happens to the database
//! ends a worker.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use apalis::prelude::{Backend, BoxDynError, Task, TaskBuilder, WorkerContext};
use apalis_core::backend::BackendConfig;
use apalis_core::backend::finalize::Ephemeral;
use futures_util::future::BoxFuture;
use tower::{Layer, Service};

use crate::engine::{Assigned, Engine, Lease, Line};
use crate::jobs::{self, JobError};

/// One queue, as a worker of Apalis sees it.
pub(crate) struct LeasedBackend {
    layer: AnswerLayer,
}

impl LeasedBackend {
    pub(crate) fn new(engine: Arc<Engine>, line: Arc<Line>) -> Self {
        Self { layer: AnswerLayer { engine, line } }
    }
}

impl Backend for LeasedBackend {
    type Task = Task<Assigned>;
    type Error = Infallible;

    fn poll_ready(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        worker.heartbeat(cx);
        Poll::Ready(Ok(()))
    }

    /// Never `None`: the queue is never exhausted, and a stop is the monitor's affair.
    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _worker: &WorkerContext,
    ) -> Poll<Option<Result<Task<Assigned>, Infallible>>> {
        self.layer.line.poll_next(cx).map(|assigned| {
            // Apalis counts the run itself at its first poll.
            let earlier = usize::try_from(assigned.job.attempt - 1).unwrap_or(0);
            Some(Ok(TaskBuilder::new(assigned).attempt(earlier).build()))
        })
    }

    /// The engine outlives the workers and writes the last answers after them.
    fn poll_close(
        &mut self,
        _cx: &mut Context<'_>,
        _worker: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for LeasedBackend {
    type Args = Assigned;
    type Id = i64;
    /// No codec: a payload that cannot be read fails its own job, in its handler.
    type Kind = Ephemeral;
    type Config = ();
    type Layer = AnswerLayer;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _worker: &mut WorkerContext) -> AnswerLayer {
        self.layer.clone()
    }
}

/// The outermost layer of a run: sees its end however it comes, also as a panic or a lost lease.
#[derive(Clone)]
pub(crate) struct AnswerLayer {
    engine: Arc<Engine>,
    line: Arc<Line>,
}

impl<S> Layer<S> for AnswerLayer {
    type Service = AnswerService<S>;

    fn layer(&self, inner: S) -> AnswerService<S> {
        AnswerService { inner, layer: self.clone() }
    }
}

/// Runs a job and answers for it.
#[derive(Clone)]
pub(crate) struct AnswerService<S> {
    inner: S,
    layer: AnswerLayer,
}

impl<S> Service<Task<Assigned>> for AnswerService<S>
where
    S: Service<Task<Assigned>>,
    S::Error: Into<BoxDynError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = ();
    type Error = BoxDynError;
    type Future = BoxFuture<'static, Result<(), BoxDynError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, task: Task<Assigned>) -> Self::Future {
        let Assigned { job, lost, began, .. } = task.args.clone();
        let AnswerLayer { engine, line } = self.layer.clone();
        let lease = Lease::new(engine.clone(), line.clone(), job.clone());
        if lost.is_cancelled() {
            lease.forget();
            return Box::pin(std::future::ready(Ok(())));
        }
        let run = self.inner.call(task);
        Box::pin(async move {
            let ended = tokio::select! {
                biased;
                () = lost.cancelled() => None,
                ended = run => Some(ended),
            };
            let took = began.get().map(Instant::elapsed);
            // Before there is room for another: what is claimed then is claimed with it in mind.
            match (took, &ended) {
                (Some(took), _) => line.ran(took),
                (None, Some(_)) => line.doubt(), // it waited for a slot in vain
                (None, None) => {}
            }
            // Before it is answered for: whoever sees that a job is done finds it counted.
            let count = |word| {
                if let Some(took) = took {
                    engine.metrics.ran(line.queue, job.kind, word, took);
                }
            };
            match ended {
                None => {
                    count("lost");
                    lease.forget();
                }
                Some(ended) => {
                    let ended = ended.map(|_| ()).map_err(|error| JobError::from_box(error.into()));
                    let (word, outcome) = jobs::outcome(&job, ended, engine.clock.now());
                    count(word);
                    lease.settle(outcome);
                }
            }
            Ok(())
        })
    }
}
