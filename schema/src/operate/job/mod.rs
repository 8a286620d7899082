//! The durable queue. Other areas call [`enqueue`] inside their own transaction: the job commits with
//! the data it is about, and rolled back data leaves no job. Workers run what is due (`worker` crate).

pub mod graphql;
pub mod model;
pub mod rules;
pub mod service;
mod store;

pub use model::{Job, JobKind, JobState, NewJob, Queue};
pub use service::{enqueue, enqueue_many, withdraw};
