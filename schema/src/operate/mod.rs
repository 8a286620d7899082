//! How the programme runs: the durable queue, the ledger of e-mails, the schedules, the trail of changes.

pub mod audit;
pub mod email;
pub mod graphql;
pub mod incident;
pub mod job;
pub mod schedule;
pub mod throttle;
