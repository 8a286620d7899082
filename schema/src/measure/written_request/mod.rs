//! The register of letters and e-mails received, their limits, reminders and results (DOMAIN §20).

pub mod error;
pub mod export;
pub mod graphql;
pub mod import;
pub mod model;
pub mod reminder;
pub mod results;
pub mod rules;
pub mod service;
mod store;
