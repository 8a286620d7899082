//! Variables and other JSON.

use rand::Rng;
use serde_json::{Map, Value, json};

use super::source::Source;

impl Source {
    pub(super) fn variables(&mut self) -> Value {
        let mut members = Map::new();
        for name in ["first", "after", "filter", "code", "ids", "input", "from", "token", "x"] {
            if self.0.random_bool(0.5) {
                members.insert(name.to_owned(), self.value(4));
            }
        }
        Value::Object(members)
    }

    /// Any JSON, of at most this depth.
    pub(super) fn value(&mut self, depth: usize) -> Value {
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
}
