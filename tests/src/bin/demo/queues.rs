//! The queues as the operator sees them.

use anyhow::ensure;
use serde_json::json;
use tests::client::Client;

use crate::ask::{ask, text};
use crate::play::Step;

pub(crate) async fn queues(operator: &Client) -> Step<()> {
    let query = "{ jobQueues { name waiting running scheduled dead oldestWaitingSeconds }
        jobs(first: 6) { nodes { kind state attempt createdAt } } }";
    let data = ask(operator, query, json!({})).await?;
    let queues = data["jobQueues"].as_array().cloned().unwrap_or_default();
    ensure!(!queues.is_empty(), "there is no queue");
    let head = ["queue", "waiting", "running", "scheduled", "dead", "oldest waits"];
    let rows = queues.iter().map(|queue| {
        let oldest = queue["oldestWaitingSeconds"].as_f64();
        let count = |name: &str| queue[name].to_string();
        [
            text(&queue["name"]),
            count("waiting"),
            count("running"),
            count("scheduled"),
            count("dead"),
            oldest.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.1} s")),
        ]
    });
    let mut lines = table(head.map(str::to_owned), rows.collect());
    lines.push("the latest jobs:".to_owned());
    let jobs = data["jobs"]["nodes"].as_array().cloned().unwrap_or_default();
    let rows = jobs.iter().map(|job| {
        [
            text(&job["kind"]),
            text(&job["state"]),
            format!("run {}", job["attempt"]),
            text(&job["createdAt"]),
        ]
    });
    lines.extend(table(["kind", "state", "", "enqueued"].map(str::to_owned), rows.collect()));
    Ok(((), lines))
}

/// Lines of a table; figures stand to the right, words to the left.
fn table<const N: usize>(head: [String; N], rows: Vec<[String; N]>) -> Vec<String> {
    let all: Vec<[String; N]> = std::iter::once(head).chain(rows).collect();
    let width =
        |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let is_figure =
        |cell: &str| cell.starts_with(|first: char| first.is_ascii_digit()) && cell.len() < 10;
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            if is_figure(cell) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all.iter().map(line).collect()
}
