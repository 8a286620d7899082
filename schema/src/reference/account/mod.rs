//! Accounts, their roles and their sessions (DOMAIN §29).

pub mod graphql;
pub mod model;
pub mod password;
pub mod service;
pub mod store;
