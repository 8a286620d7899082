//! Why a log-in came to nothing.

use std::fmt::Display;

use schema::foundation::error::Error;
use schema::reference::federation::{Denial, Rejection};

/// Why a log-in came to nothing.
#[derive(Debug)]
pub(super) enum Fault {
    /// The provider did not answer as it must. The reason is for the log: it names no person.
    Provider(String),
    /// The person does not come in.
    Denied(Denial),
    /// A bug or an outage of ours.
    Failed(Error),
}

impl Fault {
    /// The provider failed at something.
    pub(super) fn of(step: &str, reason: impl Display) -> Self {
        Self::Provider(format!("{step}: {reason}"))
    }
}

impl From<Denial> for Fault {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Denied(denial) => Self::Denied(denial),
            Rejection::Failed(error) => Self::Failed(error),
        }
    }
}
