//! Steps: one after the other, each within its time, with a tick or a cross.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

/// How long a step may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Steps of the story.
pub(crate) const STEPS: usize = 12;

/// What a step gives to the next ones, and the lines that it tells.
pub(crate) type Step<T> = anyhow::Result<(T, Vec<String>)>;

/// Counts and shows the steps.
pub(crate) struct Play {
    pub(crate) done: usize,
}

impl Play {
    /// Plays one step: shows a tick and what happened, or a cross and why not.
    pub(crate) async fn step<T>(
        &mut self,
        title: &str,
        work: impl Future<Output = anyhow::Result<(T, Vec<String>)>>,
    ) -> anyhow::Result<T> {
        let number = self.done + 1;
        let seconds = PATIENCE.as_secs();
        let guarded = tokio::time::timeout(PATIENCE, AssertUnwindSafe(work).catch_unwind());
        let ended = match guarded.await {
            Ok(Ok(ended)) => ended,
            Ok(Err(panic)) => Err(anyhow::anyhow!("{}", words(panic.as_ref()))),
            Err(_) => Err(anyhow::anyhow!("it did not happen within {seconds} s")),
        };
        match ended {
            Ok((value, told)) => {
                println!("  ✓ {number:>2}/{STEPS}  {title}");
                told.iter().for_each(|line| println!("           {line}"));
                self.done = number;
                Ok(value)
            }
            Err(reason) => {
                println!("  ✗ {number:>2}/{STEPS}  {title}");
                Err(reason.context(format!("step {number}, « {title} »")))
            }
        }
    }
}

/// The words of a panic.
fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it panicked".to_owned())
}
