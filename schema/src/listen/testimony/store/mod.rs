//! Queries on testimonies. One that is not public is only found within a [`Scope`](crate::foundation::policy::Scope).

mod list;
mod read;
mod visible;
mod write;

pub(super) use list::*;
pub(super) use read::*;
pub(super) use write::*;
