//! Logging in through an OpenID provider, as agents do with ProConnect: who is on the way to it, who came back, and
//! which account that is. What travels between provider and server is the door's affair (`server/src/federation`).

mod denial;
pub mod graphql;
pub mod model;
pub mod purge;
pub mod rules;
pub mod service;
mod store;

pub use denial::{Denial, Rejection};
