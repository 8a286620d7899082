//! Schedules without a leader: every worker may tick, because a tick is a job whose unique key is the
//! schedule's name and the planned instant. Hours are those of Europe/Paris, through both changes of
//! hour.

pub mod graphql;
pub mod model;
pub mod preview;
pub mod rules;
pub mod service;
mod store;
