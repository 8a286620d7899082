//! The harness of the end-to-end tests: a world with its own database, server, worker, mailbox and
//! clock, and named people in it whose rights are known.
//!
//! - *alice* has no account: she tells testimonies and writes letters.
//! - *bruno* is an agent and *david* the manager of structure A; *chloe* is an agent of structure B.
//! - *elise* manages the direction above A and B, and hears about all below it.
//! - *farid* heads the network of A and B; *gaelle* moderates; *henri* is of the national team; *iris* operates.
//! - Structure C belongs to another network; *jonas* is its agent.

pub mod client;
pub mod cluster;
pub mod collector;
pub mod database;
pub mod fuzz;
pub mod mailbox;
pub mod people;
pub mod private_redis;
pub mod process;
pub mod proxy;
pub mod rush;
pub mod smtp;
pub mod socket;
pub mod storm;
pub mod ticks;
pub mod world;

pub use client::Client;
pub use world::World;

/// The text of a PDF, with every run of white space as one space.
pub fn pdf_text(bytes: &[u8]) -> String {
    let text = pdf_extract::extract_text_from_mem(bytes).expect("a PDF with text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
