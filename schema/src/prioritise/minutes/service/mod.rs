//! The use cases of minutes.

mod close;
mod read;
mod record;
mod share;

pub use close::close;
pub use read::{document, list, minutes, outcomes_by_ids, summary, visible};
pub use record::{OriginEntry, OutcomeEntry, Recording, record};
pub use share::{Reader, drawn, to_draw};
