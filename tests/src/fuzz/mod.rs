//! Inputs that nobody in their right mind would send, and what becomes of them: documents, variables, JSON and HTTP,
//! valid, nearly valid and not at all. The same seed gives the same inputs.

mod http;
mod json;
mod source;
mod stock;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub use self::source::{Input, Source};

/// An answer that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(30);
/// Failures that are kept to be shown.
const SHOWN: usize = 10;

/// What became of the inputs.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Answers by status; 0 for raw bytes that were answered by hanging up.
    pub answers: BTreeMap<u16, u64>,
    /// The first inputs that got an answer 5xx, or none.
    pub failures: Vec<String>,
    /// How many did.
    pub failed: u64,
}

/// Sends so many inputs of a seed, one after the other, and tells `progress` of each.
pub async fn run(url: &str, seed: u64, count: usize, progress: impl Fn()) -> Outcome {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().expect("a client");
    let (mut source, mut outcome) = (Source::new(seed), Outcome::default());
    for _ in 0..count {
        let input = source.draw();
        let status = match &input {
            Input::Http { method, path, headers, body } => {
                let mut request = client.request(method.clone(), format!("{url}{path}"));
                for (name, value) in headers {
                    request = request.header(*name, value);
                }
                match request.body(body.clone()).send().await {
                    Ok(answer) => {
                        let status = answer.status().as_u16();
                        // Read to the end, so that the connection serves the next one.
                        answer.bytes().await.map(|_| status).map_err(|e| e.to_string())
                    }
                    // What is no address or header never left.
                    Err(error) if error.is_builder() || error.is_request() && error.is_body() => {
                        continue;
                    }
                    Err(error) => Err(format!("{error:?}")),
                }
            }
            Input::Raw(bytes) => raw(url, bytes).await,
        };
        match status {
            Ok(status) => *outcome.answers.entry(status).or_default() += 1,
            Err(_) => outcome.failed += 1,
        }
        if !matches!(status, Ok(..500)) {
            if status.is_ok() {
                outcome.failed += 1;
            }
            if outcome.failures.len() < SHOWN {
                outcome.failures.push(format!("{status:?} to {input:?}"));
            }
        }
        progress();
    }
    outcome
}

/// Sends bytes and reads the status; 0 when the server hangs up, as it may.
async fn raw(url: &str, bytes: &[u8]) -> Result<u16, String> {
    let address = url.trim_start_matches("http://");
    let talk = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(bytes).await?;
        stream.shutdown().await?;
        let mut answer = Vec::new();
        // A reset is a way to hang up.
        let _ = stream.read_to_end(&mut answer).await;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = match tokio::time::timeout(PATIENCE, talk).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => vec![],
        Err(_) => return Err("no answer".to_owned()),
    };
    let text = String::from_utf8_lossy(&answer);
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(status.filter(|_| text.starts_with("HTTP/1.")).unwrap_or(0))
}
