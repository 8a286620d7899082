//! Chance that can be repeated.

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The day the programme was launched (DOMAIN, source 004), as a number.
const SEED: u64 = 20_210_128;

/// A source of chance for one part of the data.
pub(super) fn source(part: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(SEED + part)
}

/// One of several; `None` of none.
pub(super) fn one<'a, T>(chance: &mut ChaCha8Rng, items: &'a [T]) -> Option<&'a T> {
    if items.is_empty() { None } else { items.get(chance.random_range(0..items.len())) }
}
