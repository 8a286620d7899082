//! Structures: every contact point of the country and what stands above it (DOMAIN §3).

pub mod graphql;
pub mod import;
pub mod model;
pub mod rules;
pub mod service;
pub mod sirets;
pub mod store;
