//! « Écoute des usagers »: what users tell.

pub mod testimony;
