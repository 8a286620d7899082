//! Committees in the API.

mod input;
mod mutation;
mod object;
mod query;

pub use input::{
    CandidateApplyInput, CommitteeCancelInput, CommitteeCreateInput, CommitteeFilterInput,
    CommitteeInviteInput, CommitteeMoveInput, CommitteePersonInput, CommitteeRespondInput,
    CommitteeUpdateInput, ElectedOfficialSaveInput,
};
pub(in crate::prioritise) use mutation::payload;
pub use mutation::{
    CandidateApplyPayload, CommitteeInvitePayload, CommitteePayload, CommitteeRespondPayload,
    CommitteeWarning, ElectedOfficialSavePayload, PrioritiseMutation,
};
pub use object::{
    Committee, CommitteeCandidate, CommitteeComposition, CommitteeFinding, CommitteeParticipant,
    CommitteeTotal, ElectedOfficial,
};
pub use query::PrioritiseQuery;
