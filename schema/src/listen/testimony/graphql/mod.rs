//! Testimonies in the API.

mod input;
mod mutation;
mod object;
mod query;

pub use input::{
    ExperienceInput, TestimonyFilterInput, TestimonyPublishInput, TestimonyRejectInput,
    TestimonySubmitInput,
};
pub use mutation::{TestimonyMutation, TestimonyPayload};
pub use object::{Experience, Testimony, TestimonyTotal};
pub use query::TestimonyQuery;
