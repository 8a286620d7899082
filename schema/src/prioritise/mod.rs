//! « Analyse et priorités »: what users, elected officials and agents decide together.

pub mod committee;
pub mod minutes;
