//! Who we are: networks, commitments, structures, accounts, the tokens of their programs, and how agents come in.

pub mod account;
pub mod api_token;
pub mod commitment;
pub mod federation;
pub mod network;
pub mod structure;
