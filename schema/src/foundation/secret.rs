//! A secret in clear, as somebody sends it or is told it once: a token, a link, a code, a seal, a password.
//!
//! It has neither `==` nor an order nor a hash. It is looked up by its digest, or held against another in constant
//! time: how long that takes must not tell how much of a guess is right. It has neither `Debug` nor `Display`, so
//! that no log shows it by mistake.

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::ops::Deref;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::Text;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A secret in clear.
#[derive(Clone, Deserialize, FromSqlRow)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret that a text is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is kept of it, and what it is looked up by: its SHA-256. One that we drew has 256 bits, so a slow hash
    /// would add nothing.
    pub fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// Whether another is the same, in a time that does not tell how much of it is.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }

    /// The clear text, to be handed on to whoever it is for: never to be compared.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// As [`Secret::expose`].
    pub fn reveal(self) -> String {
        self.0
    }
}

impl FromSql<Text, Pg> for Secret {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::new(std::str::from_utf8(value.as_bytes())?))
    }
}

/// Does not compile once a clear secret has one of these traits: there are two ways to the same item then. Nobody calls
/// any of it.
macro_rules! lacks {
    ($($trait:path),+ $(,)?) => {
        $(const _: fn() = || {
            #[allow(dead_code)]
            trait Lacks<Marker> {
                fn item() {}
            }
            #[allow(dead_code)]
            struct Has;
            impl<T: ?Sized> Lacks<()> for T {}
            impl<T: ?Sized + $trait> Lacks<Has> for T {}
            let _ = <Secret as Lacks<_>>::item;
        };)+
    };
}

lacks!(PartialEq, PartialEq<str>, PartialEq<String>, PartialOrd, Hash, Debug, Display);
lacks!(AsRef<str>, AsRef<[u8]>, Deref<Target = str>, Deref<Target = String>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_all_of_it() {
        let secret = Secret::new("abc");
        assert!(secret.matches(&Secret::new("abc")));
        for other in ["", "ab", "abd", "abcd", "ABC", "abc "] {
            assert!(!secret.matches(&Secret::new(other)), "{other}");
        }
        // As FIPS 180 gives it: rows of before must still be found.
        assert_eq!(
            hex::encode(secret.digest()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
