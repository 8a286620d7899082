//! Minutes of committees (DOMAIN §17.8 to §17.11, §18.8, §18.11): what was said, without anybody's name, what
//! was decided and where it came from, and the synthesis that everybody reads afterwards.

pub mod document;
mod error;
pub mod graphql;
pub mod letter;
pub mod model;
pub mod rules;
pub mod service;
mod store;
