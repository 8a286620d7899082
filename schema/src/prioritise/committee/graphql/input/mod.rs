//! What the API is asked.

mod event;
mod people;
mod pool;

pub use event::{
    CommitteeCancelInput, CommitteeCreateInput, CommitteeFilterInput, CommitteeMoveInput,
    CommitteeUpdateInput,
};
pub use people::{CommitteeInviteInput, CommitteePersonInput, CommitteeRespondInput};
pub use pool::{CandidateApplyInput, ElectedOfficialSaveInput};
