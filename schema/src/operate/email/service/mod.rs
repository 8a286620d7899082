//! Writing the ledger as a message travels, and telling its story.

mod decide;
mod forsaken;
mod hand_over;
mod pace;
mod prepare;
mod read;
mod settle;

pub use decide::decide;
pub use forsaken::{count_forsaken, settle_forsaken};
pub use hand_over::{mark_sending, note, record_failed, record_postponed, record_sent};
pub use pace::reserve;
pub use prepare::prepare;
pub use read::{by_ids, count, failing_since, page, timeline, told, told_to, totals, unfinished};
pub use settle::{close_abandoned, settle_interrupted, skipped};
