//! The trail of changes, read and verified. It is written by [`crate::foundation::audit`], inside the transaction
//! of each change, and chained by the database at the commit.

mod chain;
pub mod graphql;
pub mod model;
pub mod service;
mod store;
