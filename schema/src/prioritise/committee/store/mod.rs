//! Queries on committees.

mod event;
mod link;
mod list;
mod people;
mod pool;
mod purge;

pub(super) use event::*;
pub(super) use link::*;
pub(super) use list::*;
pub(super) use people::*;
pub(super) use pool::*;
pub(super) use purge::*;
