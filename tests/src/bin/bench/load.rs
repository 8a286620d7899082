//! The load: connections that send the same request again and again, each as soon as it has its answer.
//!
//! Bytes over TCP instead of an HTTP library, because the generator shares the machine with what it
//! measures; and one thread, so that it never takes more than one core.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use futures_util::future::try_join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection without an answer for so long is a failure.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest answer that is read.
const LARGEST: usize = 4 * 1024 * 1024;

/// One request, ready to be sent to one server.
#[derive(Debug, Clone)]
pub(crate) struct Shot {
    address: String,
    bytes: Vec<u8>,
    /// Length of the right answer's body: every answer under load must have it.
    expected: Option<usize>,
}

impl Shot {
    /// A GraphQL request to a server (`http://host:port`).
    pub(crate) fn new(server: &str, query: &str, variables: &Value) -> anyhow::Result<Self> {
        let address = server.strip_prefix("http://").context("a loopback address")?.to_owned();
        let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             accept: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Ok(Self { address, bytes: [head.into_bytes(), body.into_bytes()].concat(), expected: None })
    }

    /// Sends it once; gives the data of an answer without errors, and the length of its body.
    pub(crate) async fn once(&self) -> anyhow::Result<(Value, usize)> {
        let mut connection = Connection::open(&self.address).await?;
        let body = connection.exchange(&self.bytes).await?;
        let mut answer: Value = serde_json::from_slice(body).context("an answer in JSON")?;
        ensure!(answer.get("errors").is_none(), "the server answered {}", answer["errors"]);
        Ok((answer["data"].take(), body.len()))
    }

    /// The same, knowing how long the right answer is.
    pub(crate) fn expecting(self, length: usize) -> Self {
        Self { expected: Some(length), ..self }
    }
}

/// What a load brought.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Answers per second.
    pub(crate) per_second: f64,
    /// Times to answer in milliseconds, in order.
    times: Vec<f64>,
}

impl Sample {
    /// The time within which a share of the answers came, in milliseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        percentile(&self.times, share)
    }
}

/// The value below which a share of ordered values lies.
pub(crate) fn percentile(ordered: &[f64], share: f64) -> f64 {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // counts
    let place = ((ordered.len() as f64 * share).ceil() as usize).saturating_sub(1);
    ordered.get(place.min(ordered.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// Keeps a server busy with `connections` requests at once for a time.
///
/// # Errors
/// When one answer is missing, wrong, or of another length than expected.
pub(crate) async fn load(
    shot: &Shot,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Sample> {
    let shot = shot.clone();
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let started = Instant::now();
            let until = started + time;
            let work = try_join_all((0..connections).map(|_| fire(&shot, until)));
            let times = tokio::time::timeout(time + PATIENCE, work)
                .await
                .context("an answer in time")??;
            let elapsed = started.elapsed().as_secs_f64();
            let mut times: Vec<f64> = times.concat();
            times.sort_by(f64::total_cmp);
            #[allow(clippy::cast_precision_loss)] // far below 2^52
            let per_second = times.len() as f64 / elapsed;
            Ok(Sample { per_second, times })
        })
    })
    .await?
}

async fn fire(shot: &Shot, until: Instant) -> anyhow::Result<Vec<f64>> {
    let mut connection = Connection::open(&shot.address).await?;
    let mut times = Vec::new();
    loop {
        let sent = Instant::now();
        if sent >= until {
            return Ok(times);
        }
        let length = connection.exchange(&shot.bytes).await?.len();
        times.push(sent.elapsed().as_secs_f64() * 1000.0);
        ensure!(
            shot.expected.is_none_or(|expected| expected == length),
            "an answer of {length} bytes instead of {:?} under load",
            shot.expected
        );
    }
}

/// A connection that is kept alive.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024] })
    }

    /// Sends a request and reads its answer's body; only 200 with a known length is right.
    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request).await?;
        let (mut filled, mut body) = (0, None);
        loop {
            if filled == self.buffer.len() {
                ensure!(filled < LARGEST, "an answer of more than {LARGEST} bytes");
                self.buffer.resize(filled * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            ensure!(read > 0, "the server closed the connection in the middle of an answer");
            filled += read;
            if body.is_none() {
                body = head(&self.buffer[..filled])?;
            }
            if let Some((start, end)) = body
                && filled >= end
            {
                ensure!(filled == end, "the server sent more than one answer");
                return Ok(&self.buffer[start..end]);
            }
        }
    }
}

/// Where the body starts and ends, once the whole head has come.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end]).context("a head in ASCII")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200") {
        bail!("the server answered « {status} »: {}", String::from_utf8_lossy(&bytes[end..]));
    }
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .context("an answer without content-length")?;
    Ok(Some((end + 4, end + 4 + length)))
}
