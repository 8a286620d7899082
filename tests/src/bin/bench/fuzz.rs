//! A million inputs that nobody should send, to the server as a process: none may be answered 5xx, and its memory
//! stays bounded.

use anyhow::{Context, ensure};
use futures_util::future::join_all;
use tests::database::{Database, uuid};
use tests::fuzz;
use tests::process::Process;

use crate::figure::{Against, Figure, grouped};
use crate::fill;
use crate::memory::high_water;

const AREA: &str = "fuzz";
const INPUTS: usize = 1_000_000;
/// Seeds that run beside each other.
const SEEDS: usize = 16;
/// What the server may hold at most, after all of it.
const LIMIT_MB: f64 = 200.0;

/// Sends them all.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let redis =
        std::env::var("REDIS_URL").context("REDIS_URL is not set: ./dev bench starts a Redis")?;
    let database = Database::new().await?;
    let stream = format!("spp:bench:{}", uuid());
    let environment = [
        ("DATABASE_URL", database.url.as_str()),
        ("REDIS_URL", &redis),
        ("SPP_EVENT_STREAM", &stream),
    ];
    let server = Process::start("server", &environment).await;
    let bar = fill::bar("odd inputs", INPUTS);
    let runs = (0..SEEDS).map(|seed| {
        let progress = || bar.inc(1);
        fuzz::run(&server.url, seed as u64, INPUTS / SEEDS, progress)
    });
    let outcomes = join_all(runs).await;
    bar.finish_and_clear();
    let failed: u64 = outcomes.iter().map(|outcome| outcome.failed).sum();
    let answered: u64 = outcomes.iter().flat_map(|outcome| outcome.answers.values()).sum();
    if let Some(failure) = outcomes.iter().flat_map(|outcome| &outcome.failures).next() {
        eprintln!("the first failure: {failure}");
    }
    ensure!(answered > 0, "nothing was answered");
    let megabytes = high_water(&server)?;
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let what = format!("{} odd inputs answered, of which 5xx or none", grouped(answered as f64));
    let none = Against::Condition { what: "none".to_owned(), holds: failed == 0 };
    Ok(vec![
        Figure::new(AREA, what, format!("{failed}")).against(none),
        Figure::new(AREA, "the server after them, VmHWM", format!("{megabytes:.1} MB"))
            .under(LIMIT_MB, "MB", megabytes),
    ])
}
