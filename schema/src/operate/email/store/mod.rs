//! Every query of the ledger.

mod list;
mod mentions;
mod pace;
mod rows;
mod trouble;

pub(super) use list::{Total, about, by_ids, mentioning, page, standing, total, totals};
pub(super) use mentions::{add_told, replace_mentions, set_told, told};
pub(super) use pace::reserve;
pub(super) use rows::{Change, change, insert, lock, lock_one, of_job};
pub(super) use trouble::{count_forsaken, failing_since, forsaken};
