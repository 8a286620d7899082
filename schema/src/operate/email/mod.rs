//! The ledger of e-mails: each message to each person once, and why it was or was not sent.
//!
//! The life of a row: PREPARED → SENDING (written just before the message leaves our hands) → SENT.
//! A row found SENDING by a later run of its job was interrupted between the two: only then is it
//! unknown whether the message left, and its kind says what to do (`rules::after_interruption`).

pub mod graphql;
pub mod model;
pub mod rules;
pub mod service;
mod store;

pub use model::{Attachment, Invite, Letter, MailKind, Mention};
