//! Queries on the register. Listings take a [`Scope`](crate::foundation::policy::Scope).

mod bulk;
mod due;
mod list;
mod one;
mod outcomes;
mod reference;
mod same_sender;

pub(super) use bulk::{by_references, create, lock_imports, overwrite};
pub(super) use due::{DueRequest, Told, due_of, recipients, recipients_of};
pub(super) use list::{by_ids, count, list};
pub(super) use one::{acknowledge, answer, by_id, find, insert, lock};
pub(super) use outcomes::{OutcomeRow, Population, outcomes};
pub(super) use reference::{highest_reference, lock_references};
pub(super) use same_sender::same_sender;
