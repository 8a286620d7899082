//! Who may do what: one table of role × action, and the only maker of [`Scope`].
//!
//! The table is printed to `docs/policy.md` by `server print policy`; a test compares both, and
//! refuses a root field of the API that has no row in [`FIELDS`]. Roles come from DOMAIN §29; people
//! of one event (facilitator, elected official, …) hold no account and appear with their event.

mod action;
mod fields;
mod print;
mod rights;
mod role;
mod scope;

pub use action::{Action, needs_person, writes};
pub use fields::FIELDS;
pub use print::table;
pub use rights::{Reach, reach};
pub use role::{AlertChoice, Role};
pub use scope::Scope;
