//! End-to-end tests, told through the API and the mailbox. One folder per area.
#![allow(missing_docs, clippy::unwrap_used)]

mod endpoint;
mod foundation;
mod listen;
mod matrix;
mod measure;
mod operate;
mod prioritise;
mod reference;
