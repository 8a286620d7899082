//! What is counted, over how long.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::foundation::error::{Code, Refusal};

/// Attempts are counted over this time, and forgiven after it (ours).
pub const OVER: TimeDelta = TimeDelta::minutes(15);

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Failed log-ins of one login.
    Login,
    /// Failed log-ins from one place.
    LoginOrigin,
    /// What people without account send in.
    Submission,
    /// One-time links and codes that are none of ours.
    Token,
    /// Failed log-ins of one login from one place.
    LoginFrom,
}

/// The mark of somebody for a kind: nobody finds out whose it is without the secret.
pub(super) fn mark(secret: &[u8], kind: Kind, who: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(secret);
    hash.update([kind as u8]);
    hash.update(who);
    hash.finalize().to_vec()
}

/// The refusal of one time too many.
pub fn refusal(path: &[&str]) -> Refusal {
    let message = "Trop de tentatives : réessayez dans un quart d'heure.";
    Refusal::at(Code::TooManyAttempts, message, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_kinds_and_people_apart() {
        let one = mark(b"secret", Kind::Login, "a@b.fr");
        assert_eq!(one, mark(b"secret", Kind::Login, "a@b.fr"));
        assert_ne!(one, mark(b"secret", Kind::LoginOrigin, "a@b.fr"));
        assert_ne!(one, mark(b"secret", Kind::Login, "a@b.fr "));
        assert_ne!(one, mark(b"other", Kind::Login, "a@b.fr"));
    }
}
