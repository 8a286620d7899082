//! Testimonies (DOMAIN §8): told without account, moderated, then public.

pub mod alert;
pub mod dashboard;
pub mod events;
pub mod graphql;
pub mod live;
pub mod model;
pub mod rules;
pub mod service;
mod store;
pub mod subscription;
