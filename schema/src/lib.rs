//! The domain of Services Publics +: tables, rules, queries, use cases and GraphQL types.
//!
//! The folders follow the programme's own steps. Inside an area the same file name always means the
//! same thing (see `docs/architecture.md`), and data flows one way:
//! `graphql → service → {rules, store} → model → tables`. Nothing here knows HTTP, Apalis, Redis or SMTP.

pub mod foundation;
pub mod graphql;
pub mod listen;
pub mod measure;
pub mod operate;
pub mod prioritise;
pub mod reference;
pub mod tables;

/// The SQL that prints `tables.rs` from a live database.
pub const TABLES_SQL: &str = include_str!("tables.sql");
