//! The nine commitments in three themes (DOMAIN §4), versioned: the programme changes them.

pub mod graphql;
pub mod model;
pub mod service;
mod store;
