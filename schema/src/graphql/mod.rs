//! The merged roots of the API, what resolvers share, and the loaders.

pub mod context;
pub mod loaders;
pub mod node;
pub mod root;
