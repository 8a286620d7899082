//! « Tableau de bord » over a million testimonies, through HTTP.

use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tests::process::Process;

use crate::figure::{Figure, grouped};
use crate::load::Shot;
use crate::{fill, median};

const AREA: &str = "dashboard";
const ROUNDS: usize = 7;
/// What the programme asks for.
const LIMIT_MS: f64 = 200.0;
const QUERY: &str = "query($structure: ID) {
  testimonyDashboard(structure: $structure) {
    rows { channel label positive { n value } neutral { n value } negative { n value } withoutSentiment }
    total { positive { n denominator } withoutSentiment }
  }
}";

/// Measures the country, the largest subtree and a usual one.
pub(crate) async fn measure(database: &str) -> anyhow::Result<Vec<Figure>> {
    let server = Process::start("server", &[("DATABASE_URL", database)]).await;
    let mut figures = Vec::new();
    for (what, structure) in [
        ("the whole country", Value::Null),
        ("a network, a quarter of it", json!(fill::code(fill::A_NETWORK))),
        ("a département of a network", json!(fill::code(fill::A_DIRECTION))),
    ] {
        let shot = Shot::new(&server.url, QUERY, &json!({ "structure": structure }))?;
        let (data, _) = shot.once().await?;
        let total = &data["testimonyDashboard"]["total"];
        let known = total["positive"]["denominator"].as_i64().context("no total")?;
        let counted = known + total["withoutSentiment"].as_i64().unwrap_or(0);
        ensure!(counted > 0, "{what}: nothing to count");
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            shot.once().await?;
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        let middle = median(times);
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        let what = format!("{what}: {} experiences, median of {ROUNDS}", grouped(counted as f64));
        let figure = Figure::new(AREA, what, format!("{middle:.0} ms"));
        figures.push(figure.under(LIMIT_MS, "ms", middle));
    }
    Ok(figures)
}
