//! What a committee must be, and when its people are asked.

mod composition;
mod confirmation;
mod event;
mod identity;

pub use composition::*;
pub use confirmation::*;
pub use event::*;
pub use identity::*;
