//! What the register computes and checks. Pure: no clock, no connection.

mod dates;
mod delay;
mod entry;
mod explanation;
mod reference;
mod stage;
mod steps;
mod tally;

pub use dates::{Dates, EARLIEST_YEAR};
pub use delay::{ANSWER_LIMIT_DAYS, UNDER_DAYS, delay_days, due_on, mean, state};
pub use entry::{ADDRESS_LENGTH, Draft, Entry, NAME_LENGTH, REFERENCE_LENGTH, SUBJECT_LENGTH};
pub use explanation::explain;
pub use reference::{REFERENCE_WIDTHS, next_reference};
pub use stage::{Ladder, Stage};
pub use steps::{acknowledge, answer};
pub use tally::{Outcome, Tally};
