//! Committees (DOMAIN §17, §18): local committees of continuous improvement, with users and elected
//! officials, and listening committees around one theme.
//!
//! Whoever finds a theme that comes back in complaints (DOMAIN §18.13) proposes it as the `theme` of a plan to
//! [`service::create`]; nothing here needs to know where a theme comes from.

mod error;
pub mod graphql;
pub mod letter;
pub mod model;
pub mod purge;
pub mod rules;
pub mod service;
mod store;
