//! How the programme runs: the durable queue, the ledger of e-mails, the schedules.

pub mod email;
pub mod graphql;
pub mod job;
pub mod schedule;
