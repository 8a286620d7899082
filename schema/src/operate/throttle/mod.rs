//! What comes too often is slowed down: counted in the database, so that all servers count together, and per operation,
//! so that ten in one document are ten.

pub mod purge;
pub mod rules;
pub mod service;
mod store;

pub use rules::Kind;
pub use service::{forgive, submission, take, tokens, wrong_token};
