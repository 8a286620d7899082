//! A committee and its people.

mod committee;
mod composition;
mod participant;
mod pool;

pub use committee::{Committee, CommitteeTotal};
pub use composition::{CommitteeComposition, CommitteeFinding};
pub use participant::CommitteeParticipant;
pub use pool::{CommitteeCandidate, ElectedOfficial};
