//! Inputs that nobody in their right mind would send, and what becomes of them: documents, variables, JSON and HTTP,
//! valid, nearly valid and not at all. The same seed gives the same inputs.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::Rng;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(30);
/// Failures that are kept to be shown.
const SHOWN: usize = 10;

/// Documents that are right, to be made wrong.
const DOCUMENTS: &[&str] = &[
    "query Q($first: Int, $after: String, $filter: TestimonyFilterInput) { testimonies(first: $first, after: $after, filter: $filter) { totalCount nodes { id title body publishedAt structure { name } experiences { channel sentiment } } pageInfo { endCursor } } }",
    "query($code: String!) { structure(code: $code) { name children(first: 3) { nodes { code } } } }",
    "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Structure { name } } }",
    "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } userErrors { code path message } } }",
    "mutation($input: CandidateApplyInput!) { candidateApply(input: $input) { userErrors { code path } } }",
    "query($from: DateTime) { committeeSummaries(filter: { from: $from }) { nodes { title outcomes { text } } } }",
    "{ networks { id name } commitments { code label } viewer { email } __schema { types { name } } }",
    "query A { ...F } fragment F on Query { structures(last: 2, before: \"x\") { edges { cursor node { code } } } }",
    "subscription { testimonyPublished { cursor } }",
    "mutation($token: String!) { committeeRespond(input: { token: $token, answer: NO }) { state } }",
    "{ testimonyDashboard(filter: { structure: \"STRUCTA1\" }) { __typename } }",
];
/// Addresses, to be asked in odd ways.
const PATHS: &[&str] = &[
    "/graphql",
    "/",
    "/schema.graphql",
    "/comites/1",
    "/comites/1.pdf",
    "/comites/1/synthese",
    "/invitations/x",
    "/temoignages/1",
    "/written-requests.csv",
    "/healthz",
    "/graphiql/x",
    "/metrics",
    "/%00",
    "/..%2f..%2fetc/passwd",
    "//",
    "/graphql/",
];
/// Words of the language and of JSON, and what breaks parsers.
const WORDS: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "=",
    "!",
    "|",
    "@",
    "$",
    "...",
    "\"",
    "\"\"\"",
    "#",
    "&",
    ",",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "null",
    "true",
    "1e999",
    "-0",
    "0x1",
    "9223372036854775808",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "\u{0}",
    "@include(if: $x)",
    "@skip(if: true)",
    "__typename",
    "__schema",
    "first: 2147483648",
    "id",
    "nodes",
    "ééé",
    "\u{202e}",
    "😀",
    "\n",
    "\r",
];

/// One input.
#[derive(Debug, Clone)]
pub enum Input {
    /// A whole HTTP request.
    Http {
        /// Its method.
        method: reqwest::Method,
        /// Its path, with parameters.
        path: String,
        /// Its headers.
        headers: Vec<(&'static str, String)>,
        /// Its body.
        body: Vec<u8>,
    },
    /// Bytes that may be no HTTP at all.
    Raw(Vec<u8>),
}

/// A source of inputs.
pub struct Source(ChaCha8Rng);

impl Source {
    /// The inputs of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The next input.
    pub fn draw(&mut self) -> Input {
        match self.0.random_range(0..100) {
            0..35 => {
                let document = self.document();
                let variables = self.variables();
                self.post(
                    json!({ "query": document, "variables": variables }).to_string().into_bytes(),
                )
            }
            35..55 => {
                let words = self.words(40);
                self.post(json!({ "query": words }).to_string().into_bytes())
            }
            55..75 => {
                let body = json!({ "query": self.one(DOCUMENTS), "variables": self.variables(),
                    "operationName": self.value(2), "extensions": self.value(2), "documentId": self.value(1) });
                let mut body = body.to_string().into_bytes();
                self.spoil(&mut body);
                self.post(body)
            }
            75..85 => {
                let value = self.value(6).to_string().into_bytes();
                self.post(value)
            }
            85..98 => self.http(),
            _ => {
                let mut raw = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{\"query\":\"{ id }\"}  ".to_vec();
                for _ in 0..4 {
                    self.spoil(&mut raw);
                }
                Input::Raw(raw)
            }
        }
    }

    fn one<T: Copy>(&mut self, items: &[T]) -> T {
        *items.choose(&mut self.0).expect("some to choose from")
    }

    fn post(&mut self, body: Vec<u8>) -> Input {
        let kind = if self.0.random_bool(0.95) { "application/json" } else { "text/plain" };
        let accept = self.one(&[
            "application/graphql-response+json",
            "application/json",
            "*/*",
            "text/event-stream",
            "text/html",
            "",
        ]);
        // A subscription over events has no end to wait for.
        let endless = String::from_utf8_lossy(&body).contains("subscription");
        let accept = if endless { "application/json" } else { accept };
        let headers = vec![("content-type", kind.to_owned()), ("accept", accept.to_owned())];
        Input::Http { method: reqwest::Method::POST, path: "/graphql".to_owned(), headers, body }
    }

    /// A right document, as often spoilt as not.
    fn document(&mut self) -> String {
        let mut text = self.one(DOCUMENTS).to_owned();
        for _ in 0..self.0.random_range(0..4) {
            let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
            let (from, to) = (self.one(&places), self.one(&places));
            match self.0.random_range(0..4) {
                0 => text.insert_str(from, self.one(WORDS)),
                1 => {
                    let place = places.partition_point(|place| *place < from);
                    let end = places.get(place + 20).copied().unwrap_or(text.len());
                    text.replace_range(from..end, "");
                }
                2 => {
                    let (start, end) = (from.min(to), from.max(to));
                    let piece = text[start..end].to_owned();
                    text.insert_str(start, &piece);
                }
                _ => text.truncate(from),
            }
            if text.is_empty() {
                return text;
            }
        }
        text
    }

    fn words(&mut self, most: usize) -> String {
        let count = self.0.random_range(0..=most);
        (0..count).map(|_| self.one(WORDS)).collect::<Vec<_>>().join(self.one(&["", " ", ","]))
    }

    fn variables(&mut self) -> Value {
        let mut members = Map::new();
        for name in ["first", "after", "filter", "code", "ids", "input", "from", "token", "x"] {
            if self.0.random_bool(0.5) {
                members.insert(name.to_owned(), self.value(4));
            }
        }
        Value::Object(members)
    }

    /// Any JSON, of at most this depth.
    fn value(&mut self, depth: usize) -> Value {
        match self.0.random_range(0..if depth == 0 { 7 } else { 10 }) {
            0 => Value::Null,
            1 => json!(self.0.random_bool(0.5)),
            2 => json!(self.0.random::<i64>()),
            3 => json!(self.0.random_range(-2..200)),
            4 => json!(self.one(&[0.1, 1e300, -1e-300, 2_147_483_648.0])),
            5 => json!(self.words(5)),
            6 => json!(self.one(&[
                "STRUCTA1",
                "PHONE",
                "2026-02-30",
                "2026-01-12T00:00:00Z",
                "U3RydWN0dXJlOjE",
                "é",
                ""
            ])),
            7 => (0..self.0.random_range(0..5)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                let names = [
                    "structure",
                    "title",
                    "body",
                    "pseudonym",
                    "experiences",
                    "channel",
                    "sentiment",
                    "name",
                    "email",
                    "consent",
                    "\u{0}",
                ];
                let count = self.0.random_range(0..6);
                Value::Object(
                    (0..count)
                        .map(|_| (self.one(&names).to_owned(), self.value(depth - 1)))
                        .collect(),
                )
            }
        }
    }

    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let place = self.0.random_range(0..bytes.len());
        match self.0.random_range(0..4) {
            0 => bytes[place] = self.0.random(),
            1 => bytes.insert(place, self.0.random()),
            2 => bytes.truncate(place),
            _ => {
                let word = self.one(WORDS).as_bytes();
                bytes.splice(place..place, word.iter().copied());
            }
        }
    }

    fn http(&mut self) -> Input {
        use reqwest::Method;
        let method = self.one(&[0, 0, 1, 1, 2, 3, 4, 5, 6]);
        let method = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::HEAD,
            Method::OPTIONS,
            Method::PATCH,
        ][method]
            .clone();
        let mut path = self.one(PATHS).to_owned();
        if self.0.random_bool(0.5) {
            let name = self.one(&[
                "query",
                "variables",
                "operationName",
                "extensions",
                "documentId",
                "structure",
                "from",
                "to",
            ]);
            let text = if self.0.random_bool(0.5) { self.document() } else { self.words(6) };
            let text: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            path += &format!("?{name}={text}");
        }
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", "Bearer "),
            ("authorization", "Basic eDp4"),
            ("accept", "application/json;q=x"),
            (
                "x-request-id",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
            ("x-forwarded-for", "1, 2, 3"),
            ("content-encoding", "gzip"),
            ("origin", "null"),
            ("upgrade", "websocket"),
            ("cookie", "a=b"),
        ];
        let count = self.0.random_range(0..4);
        let headers = (0..count)
            .map(|_| self.one(&headers))
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let body = if method == Method::GET || method == Method::HEAD {
            vec![]
        } else {
            self.words(10).into_bytes()
        };
        Input::Http { method, path, headers, body }
    }
}

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
