//! A page of 20 testimonies with structure and experiences: our server and its peer, in turns.

use std::time::Duration;

use anyhow::ensure;
use chrono::DateTime;
use serde_json::{Value, json};
use tests::process::Process;

use crate::figure::{Against, Figure, grouped};
use crate::load::{Sample, Shot, load};
use crate::median;
use crate::peer::Peer;
use crate::wire::Wire;

const AREA: &str = "page";
/// The same text for both servers. The fields are those of a list on a web page.
const QUERY: &str = "query Page($first: Int) {
  testimonies(first: $first) {
    edges {
      node {
        id number title body pseudonym status submittedAt publishedAt
        structure { id code name }
        experiences { channel sentiment }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}";
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 8;
const ROUND: Duration = Duration::from_secs(2);
/// A JIT needs its time; a compiled program only fills its caches.
const WARM_UP_PEER: Duration = Duration::from_secs(15);
const WARM_UP: Duration = Duration::from_secs(5);
/// What is wanted of us.
const WANTED: f64 = 1.5;

/// Compares both servers, counts statements, and hands our server over for its memory to be read.
pub(crate) async fn measure(database: &str) -> anyhow::Result<(Vec<Figure>, Process)> {
    let mut figures = vec![statements(database).await?];

    let server = Process::start("server", &environment(database)).await;
    let (one, two) = (Peer::start(database, 1).await?, Peer::start(database, 2).await?);
    let ours = page_of(&server.url, 20)?;
    let (right, length) = ours.once().await?;
    ensure!(
        right["testimonies"]["edges"].as_array().is_some_and(|edges| edges.len() == 20),
        "no page of 20"
    );
    let mut shots = vec![ours.expecting(length)];
    for peer in [&one, &two] {
        let shot = page_of(&peer.url, 20)?;
        let (data, length) = shot.once().await?;
        ensure!(
            comparable(data) == comparable(right.clone()),
            "both servers must answer the same page"
        );
        shots.push(shot.expecting(length));
    }

    for (shot, time) in shots.iter().zip([WARM_UP, WARM_UP_PEER, WARM_UP_PEER]) {
        load(shot, CONNECTIONS, time).await?;
    }
    let mut rounds: [Vec<Sample>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (shot, samples) in shots.iter().zip(&mut rounds) {
            samples.push(load(shot, CONNECTIONS, ROUND).await?);
        }
    }
    one.stop().await;
    two.stop().await;

    let ratios = [ratio(&rounds[0], &rounds[1]), ratio(&rounds[0], &rounds[2])];
    let [ours, one, two] = rounds.map(Summary::of);
    let (one_shown, two_shown) = (one.to_string(), two.to_string());
    let against = |peer: &Summary, ratio, name: &str, wanted| Against::Peer {
        name: format!("Mercurius JIT, {name}: {} pages/s", grouped(peer.per_second)),
        ratio,
        wanted,
    };
    let of = format!("20 testimonies, {CONNECTIONS} connections");
    figures.push(Figure::new(AREA, &of, ours.to_string()).against(against(
        &one,
        ratios[0],
        "1 process",
        Some(WANTED),
    )));
    figures.push(Figure::new(AREA, &of, ours.to_string()).against(against(
        &two,
        ratios[1],
        "2 processes",
        None,
    )));
    figures.push(Figure::new(AREA, "the peer with 1 process", one_shown));
    figures.push(Figure::new(AREA, "the peer with 2 processes", two_shown));
    Ok((figures, server))
}

/// Our server after some time under the same load, for its memory alone.
pub(crate) async fn serve_for_a_while(database: &str) -> anyhow::Result<Process> {
    let server = Process::start("server", &environment(database)).await;
    load(&page_of(&server.url, 20)?, CONNECTIONS, WARM_UP + ROUND).await?;
    Ok(server)
}

fn page_of(server: &str, first: u8) -> anyhow::Result<Shot> {
    Shot::new(server, QUERY, &json!({ "first": first }))
}

/// As in production, without Redis: no live event is part of a page.
fn environment(database: &str) -> [(&str, &str); 1] {
    [("DATABASE_URL", database)]
}

/// What must be equal: cursors are each server's own, and an instant may be written in two ways.
fn comparable(mut data: Value) -> Value {
    let page = &mut data["testimonies"];
    page["pageInfo"]["endCursor"] = Value::Null;
    for edge in page["edges"].as_array_mut().into_iter().flatten() {
        for field in ["submittedAt", "publishedAt"] {
            let instant = edge["node"][field]
                .as_str()
                .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            edge["node"][field] = json!(instant.map(|instant| instant.timestamp_micros()));
        }
    }
    data
}

/// SQL statements of one page, by its length: a page of 50 must not need more than one of 5.
async fn statements(database: &str) -> anyhow::Result<Figure> {
    let wire = Wire::before(database).await?;
    let server = Process::start("server", &environment(&wire.url)).await;
    let mut counts = Vec::new();
    for first in [5, 20, 50] {
        let shot = page_of(&server.url, first)?;
        let (mut least, mut most) = (u64::MAX, 0);
        // The first ones also prepare. A loader gathers for so long and then asks: on a busy machine it
        // sometimes asks twice, which the least does not count.
        for round in 0..20 {
            let before = wire.statements();
            shot.once().await?;
            if round >= 10 {
                let needed = wire.statements() - before;
                (least, most) = (least.min(needed), most.max(needed));
            }
        }
        counts.push((first, least, most));
    }
    let shown: Vec<String> = counts
        .iter()
        .map(|(first, least, most)| {
            let more = if most > least { format!(" (or {most})") } else { String::new() };
            format!("{least}{more} for {first}")
        })
        .collect();
    let holds = counts.iter().all(|(_, least, _)| *least == counts[0].1 && *least > 0);
    let condition =
        Against::Condition { what: "the same number whatever the length".to_owned(), holds };
    Ok(Figure::new(AREA, "SQL statements of one page", shown.join(", ")).against(condition))
}

/// The median of what each round says: both servers of a round met the same moment of the machine.
fn ratio(ours: &[Sample], peer: &[Sample]) -> f64 {
    median(ours.iter().zip(peer).map(|(ours, peer)| ours.per_second / peer.per_second).collect())
}

/// The rounds of one server.
struct Summary {
    per_second: f64,
    p50: f64,
    p99: f64,
}

impl Summary {
    fn of(rounds: Vec<Sample>) -> Self {
        let middle = |figure: fn(&Sample) -> f64| median(rounds.iter().map(figure).collect());
        Self {
            per_second: middle(|round| round.per_second),
            p50: middle(|round| round.percentile(0.5)),
            p99: middle(|round| round.percentile(0.99)),
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pages = grouped(self.per_second);
        write!(out, "{pages} pages/s, p50 {:.1} ms, p99 {:.1} ms", self.p50, self.p99)
    }
}
