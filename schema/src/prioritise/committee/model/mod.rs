//! Rows of committees and the words they use.

mod event;
mod people;
mod pool;

pub use event::*;
pub use people::*;
pub use pool::*;
