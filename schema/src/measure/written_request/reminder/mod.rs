//! What is told about requests without being asked: to managers near and past the limit, to senders on
//! receipt (DOMAIN §20.3, §20.4, §20.10, §31).
//!
//! Every day a sweep finds the managers who have something to hear and leaves one job for each. The job
//! loads everything anew and keeps what is still open and was not told yet. Whatever days were missed,
//! only the present stage of each request is told. A request registered near or past its limit does not
//! wait for the sweep.

mod acknowledgement;
mod digest;
mod late;
mod sweep;

pub use acknowledgement::acknowledgement;
pub use digest::digest;
pub use late::registered;
pub use sweep::{DueManager, SweepPreview, SweepReport, preview, sweep};

use chrono::NaiveDate;

use super::rules::Stage;
use crate::operate::email::Mention;

/// What the ledger keeps about one request told at one stage. The day of the limit belongs to it: when
/// a reception is corrected, the ladder starts anew.
fn mention(request: i64, stage: Stage, due_on: NaiveDate) -> Mention {
    Mention { kind: stage.name(), subject: reference(request), stage: due_on.to_string() }
}

/// A request, for the ledger.
fn reference(request: i64) -> String {
    format!("written-request:{request}")
}

/// An account, for the ledger.
fn recipient(account: i64) -> String {
    format!("account:{account}")
}
