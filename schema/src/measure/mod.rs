//! « Mesure et affichage »: what is measured about the service given.

pub mod written_request;
