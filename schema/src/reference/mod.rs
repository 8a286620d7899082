//! Who we are: networks, commitments, structures, accounts.

pub mod account;
pub mod commitment;
pub mod network;
pub mod structure;
