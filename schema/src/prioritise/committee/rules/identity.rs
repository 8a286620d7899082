//! What makes two letters one: the ledger of e-mails keeps each identity of a person once.

use std::fmt::Display;

use chrono::{DateTime, Utc};

use super::super::model::Letters;

/// The identity of a request or a summary: one stage of one start, whatever happened in between. An event moved away
/// and back asks nobody twice.
pub fn stage_key(stage: impl Display, starts_at: DateTime<Utc>) -> String {
    format!("{stage}@{}", starts_at.format("%Y%m%dT%H%MZ"))
}

/// The identity of a letter to somebody: a request is of one start, any other letter of one version of the event.
pub fn letter_key(letter: Letters, starts_at: DateTime<Utc>, sequence: i32) -> String {
    match letter {
        Letters::First | Letters::Second => stage_key(letter, starts_at),
        Letters::Invitation | Letters::Moved | Letters::Changed | Letters::Cancelled => {
            format!("{letter}:{sequence}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ConfirmationStage;
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_request_is_of_its_start_whatever_the_version() {
        let start = at("2026-06-10T08:00:00Z");
        assert_eq!(letter_key(Letters::First, start, 0), "FIRST@20260610T0800Z");
        assert_eq!(letter_key(Letters::First, start, 2), "FIRST@20260610T0800Z");
        assert_eq!(letter_key(Letters::Second, start, 0), "SECOND@20260610T0800Z");
        let later = at("2026-06-10T08:01:00Z");
        assert_ne!(letter_key(Letters::First, start, 0), letter_key(Letters::First, later, 0));
        for (letter, stage) in [
            (Letters::First, ConfirmationStage::First),
            (Letters::Second, ConfirmationStage::Second),
        ] {
            assert_eq!(letter_key(letter, start, 0), stage_key(stage, start));
        }
    }

    #[test]
    fn any_other_letter_is_of_its_version_whatever_the_start() {
        let (start, later) = (at("2026-06-10T08:00:00Z"), at("2026-07-10T08:00:00Z"));
        for (letter, key) in [
            (Letters::Invitation, "INVITATION:1"),
            (Letters::Moved, "MOVED:1"),
            (Letters::Changed, "CHANGED:1"),
            (Letters::Cancelled, "CANCELLED:1"),
        ] {
            assert_eq!(letter_key(letter, start, 1), key);
            assert_eq!(letter_key(letter, later, 1), key);
            assert_ne!(letter_key(letter, start, 2), key);
        }
    }
}
