//! What is out of order: seen by whichever worker looks, told to operators once, again when
//! there is much more of it, and once when it is over.

pub mod graphql;
pub mod letter;
pub mod model;
pub mod rules;
pub mod service;
mod store;
