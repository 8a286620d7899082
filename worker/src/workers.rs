//! The workers of Apalis: one per queue, under one monitor.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use apalis::layers::WorkerBuilderExt;
use apalis::layers::catch_panic::CatchPanicLayer;
use apalis::prelude::{Data, Monitor, ParallelizeExt, WorkerBuilder};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::backend::LeasedBackend;
use crate::engine::{Assigned, Engine};
use crate::jobs::{self, Ctx, JobError};

/// Runs jobs until `stop`, then lets the running ones finish for at most `grace`. What is still
/// running then is dropped and runs again elsewhere.
///
/// # Errors
/// When the workers end without having been told to.
pub(crate) async fn run(
    engine: Arc<Engine>,
    ctx: Ctx,
    stop: CancellationToken,
    grace: Duration,
) -> anyhow::Result<()> {
    let mut monitor = Monitor::new()
        // A net that should stay empty: panics of jobs are caught below.
        .should_restart(|worker, error| {
            tracing::error!(
                worker = worker.name(),
                "a worker of Apalis ended and starts again: {error}"
            );
            true
        })
        // Built lazily: the grace starts with the stop, not with the program.
        .with_terminator(async move { tokio::time::sleep(grace).await });
    // Every run gets one: it must cost nothing to hand out.
    let ctx = Arc::new(ctx);
    for line in engine.lines() {
        let (engine, line, ctx) = (engine.clone(), line.clone(), ctx.clone());
        monitor = monitor.register(move |restarts| {
            // First is outermost. Spawned, so that a job that computes does not hold up its
            // neighbours; aborted on drop, so that a lost lease or the end of the grace really stops
            // it; panics caught inside, so that they fail one job and no worker.
            WorkerBuilder::new(format!("{}-{}-{restarts}", engine.name, line.queue))
                .backend(LeasedBackend::new(engine.clone(), line.clone()))
                // As many again wait for a slot, so that the next begins where one ends and not two turns of the
                // scheduler later.
                .concurrency(2 * line.slots)
                .parallelize(spawn)
                .layer(CatchPanicLayer::with_panic_handler(panicked))
                .data(ctx.clone())
                .build(handle)
        });
    }
    let told = stop.clone();
    let signal = async move {
        told.cancelled().await;
        engine.drain();
        Ok(())
    };
    monitor.run_with_signal(signal).await?;
    anyhow::ensure!(stop.is_cancelled(), "the workers of Apalis ended without being told to");
    Ok(())
}

async fn handle(assigned: Assigned, ctx: Data<Arc<Ctx>>) -> Result<(), JobError> {
    let Some(_slot) = assigned.slot().await else { return Err(JobError::NotStarted) };
    jobs::handle(&ctx, &assigned.job).await
}

fn spawn<F>(run: F) -> AbortOnDropHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    AbortOnDropHandle::new(tokio::spawn(run))
}

#[allow(clippy::borrowed_box)] // the signature that the layer asks for
fn panicked(panic: &Box<dyn Any + Send>) -> JobError {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "something that is no text".to_owned());
    JobError::Retry(anyhow::anyhow!("panicked: {text}"))
}
