//! Inputs, drawn one after the other.

use rand::Rng;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::stock::{DOCUMENTS, WORDS};

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
pub struct Source(pub(super) ChaCha8Rng);

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

    pub(super) fn one<T: Copy>(&mut self, items: &[T]) -> T {
        *items.choose(&mut self.0).expect("some to choose from")
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
}
