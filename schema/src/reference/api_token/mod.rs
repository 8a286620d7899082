//! API tokens: keys of programs. Each acts with the rights of its owner, as they are at the moment of use, on one
//! structure and all below it; it is shown once, expires, and is renewed with its settings.

pub mod error;
pub mod graphql;
pub mod letter;
pub mod model;
pub mod notice;
pub mod purge;
pub mod rules;
pub mod service;
mod store;
