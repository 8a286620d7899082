//! Who we are: networks, commitments, structures, accounts and the tokens of their programs.

pub mod account;
pub mod api_token;
pub mod commitment;
pub mod network;
pub mod structure;
