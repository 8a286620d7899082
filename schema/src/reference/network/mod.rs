//! Networks and their ministries (DOMAIN §3.4): reference data, loaded by a migration.

pub mod graphql;
pub mod model;
pub mod service;
mod store;
