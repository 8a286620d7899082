//! Accounts, their roles and their sessions (DOMAIN §29).

pub mod graphql;
pub mod model;
pub mod password;
pub mod purge;
pub mod service;
pub mod store;
