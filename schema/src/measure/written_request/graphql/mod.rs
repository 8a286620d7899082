//! The register in the API.

mod input;
mod loader;
mod mutation;
mod object;
mod query;

pub use input::{
    WrittenRequestAcknowledgeInput, WrittenRequestAnswerInput, WrittenRequestFilterInput,
    WrittenRequestRegisterInput, WrittenRequestsImportInput,
};
pub use loader::{SameSender, SameSenderLoader};
pub use mutation::{
    MeasureMutation, WrittenRequestPayload, WrittenRequestsImportPayload,
    WrittenRequestsImportReport,
};
pub use object::{WrittenRequest, WrittenRequestTotal};
pub use query::MeasureQuery;
