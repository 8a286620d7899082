//! Minutes in the API.

mod input;
mod mutation;
mod object;
mod query;
mod summary;

pub use input::{
    CommitteeAttendanceInput, CommitteeCloseInput, CommitteeIdeaInput, CommitteeNoteInput,
    CommitteeOriginInput, CommitteeOutcomeInput, CommitteeRecordInput, CommitteeSummaryFilterInput,
    CommitteeVerbatimInput,
};
pub use mutation::MinutesMutation;
pub use object::{
    CommitteeIdea, CommitteeMinutes, CommitteeNote, CommitteeOutcome, CommitteeVerbatim,
};
pub use query::MinutesQuery;
pub use summary::CommitteeSummary;
