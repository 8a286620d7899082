//! Documents, right and wrong, and rows of words.

use rand::Rng;

use super::source::Source;
use super::stock::{DOCUMENTS, WORDS};

impl Source {
    /// A right document, as often spoilt as not.
    pub(super) fn document(&mut self) -> String {
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

    pub(super) fn words(&mut self, most: usize) -> String {
        let count = self.0.random_range(0..=most);
        (0..count).map(|_| self.one(WORDS)).collect::<Vec<_>>().join(self.one(&["", " ", ","]))
    }
}
