//! Committees (DOMAIN §17, §18): local committees of continuous improvement, with users and elected
//! officials, and listening committees around one theme.

mod error;
pub mod graphql;
pub mod letter;
pub mod model;
pub mod purge;
pub mod rules;
pub mod service;
mod store;
