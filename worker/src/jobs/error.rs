//! How a job says that it is not done. Business errors mean give up, internal ones mean retry.

use chrono::{DateTime, Utc};
use schema::foundation::error::Error;

/// Why a job is not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Trying again would not help.
    #[error("{0}")]
    GiveUp(String),
    /// Something was out of order: try again, as the ladder of the kind says.
    #[error("{0:#}")]
    Retry(anyhow::Error),
    /// No slot came free for it; this was no attempt, and somebody else may run it.
    #[error("not started")]
    NotStarted,
    /// Not yet; this was no attempt.
    #[error("not before {0}")]
    Later(DateTime<Utc>),
}

impl From<anyhow::Error> for JobError {
    fn from(error: anyhow::Error) -> Self {
        Self::Retry(error)
    }
}

impl From<diesel::result::Error> for JobError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Retry(error.into())
    }
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::Internal(cause) => Self::Retry(cause),
            business => Self::GiveUp(format!("{}: {business}", business.code())),
        }
    }
}

impl JobError {
    /// Out of the box in which layers carry errors; a layer's own error is an internal one.
    pub(crate) fn from_box(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => *own,
            Err(other) => Self::Retry(anyhow::anyhow!("{other}")),
        }
    }
}

/// A text without e-mail addresses: mail servers repeat them in their refusals, and neither the queue
/// nor the ledger nor the log may hold one.
pub(crate) fn without_addresses(text: &str) -> String {
    text.split_inclusive(|c: char| c.is_whitespace() || "<>()[],;:\"'«»".contains(c))
        .map(|piece| if piece.contains('@') { hidden(piece) } else { piece.to_owned() })
        .collect()
}

fn hidden(piece: &str) -> String {
    let end = piece
        .char_indices()
        .next_back()
        .filter(|(_, c)| c.is_whitespace() || "<>()[],;:\"'«»".contains(*c));
    format!("[adresse]{}", end.map_or("", |(at, _)| &piece[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_leave_the_text_and_nothing_else_does() {
        for (text, expected) in [
            ("550 5.1.1 <a.b@c.fr>: Recipient unknown", "550 5.1.1 <[adresse]>: Recipient unknown"),
            ("user 'x@y.fr' refused", "user '[adresse]' refused"),
            ("à a@b.fr", "à [adresse]"),
            ("timeout after 30 s", "timeout after 30 s"),
        ] {
            assert_eq!(without_addresses(text), expected);
        }
    }

    #[test]
    fn an_error_keeps_its_meaning_through_the_layers() {
        let boxed = Box::new(JobError::GiveUp("no".into()));
        assert!(matches!(JobError::from_box(boxed), JobError::GiveUp(_)));
        assert!(matches!(JobError::from_box("late".into()), JobError::Retry(_)));
        assert!(matches!(JobError::from(Error::NotFound), JobError::GiveUp(_)));
    }
}
