//! What every area stands on: identity, time, chance, rights, errors, pages, settings, the database.

pub mod actor;
pub mod app;
pub mod audit;
pub mod batches;
pub mod calendar;
pub mod chance;
pub mod clock;
pub mod database;
pub mod day;
pub mod error;
pub mod events;
pub mod id;
pub(crate) mod keyset;
pub mod page;
pub mod payload;
pub mod policy;
pub mod secret;
pub mod settings;
pub mod statistic;
pub mod table;
pub mod text;
pub mod text_enum;
pub mod trace;
