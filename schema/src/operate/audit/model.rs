//! Rows of the trail.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;

use crate::tables::{audit_entry, audit_head};

/// A change: who, what, on what, when, in which request. References only.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_entry, check_for_backend(diesel::pg::Pg))]
pub struct AuditEntry {
    /// Row number.
    pub id: i64,
    /// Place in the chain, from 1; `None` only for a row that was slipped in.
    pub position: Option<i64>,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// Who: `account:12`, `account:12 token:5`, `public`, `console`.
    pub actor: String,
    /// What: `committee.close`.
    pub action: String,
    /// On what: `committee:5`.
    pub subject: String,
    /// Where.
    pub structure_id: Option<i64>,
    /// In which request.
    pub request_id: Option<String>,
    /// Hash of the entry and of the one before.
    pub hash: Option<Vec<u8>>,
}

/// The end of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_head, check_for_backend(diesel::pg::Pg))]
pub struct Head {
    /// Place of the last entry.
    pub position: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// Narrows the trail. Conditions add up.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// This structure and all below it.
    pub below: Option<i64>,
    /// This reference, as `account:12`.
    pub actor: Option<String>,
    /// This action, as `committee.close`.
    pub action: Option<String>,
    /// This reference, as `committee:5`.
    pub subject: Option<String>,
    /// At or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// The end of the chain as it once was, kept where whoever can write to the database cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Place of what was the last entry.
    pub position: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

impl FromStr for Noted {
    type Err = String;

    /// Reads `12:` and 64 hexadecimal digits, as `server audit verify` prints them.
    fn from_str(text: &str) -> Result<Self, String> {
        let read = |(position, hash): (&str, &str)| {
            let hash = hex::decode(hash).ok().filter(|hash| hash.len() == 32)?;
            Some(Self { position: position.parse().ok().filter(|place| *place >= 0)?, hash })
        };
        let wrong = || format!("« {text} » is no head: a number, « : » and 64 hexadecimal digits");
        text.split_once(':').and_then(read).ok_or_else(wrong)
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Entries looked at.
    pub entries: i64,
    /// Hash at the end of the chain, in hexadecimal: [`Noted`] elsewhere, it also shows a chain that was cut off or
    /// made anew.
    pub head: String,
    /// The first fault, if any.
    pub fault: Option<Fault>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap(place) => write!(f, "entry {place} is missing"),
            Self::Edited(place) => write!(f, "entry {place} is not what was written"),
            Self::End(place) => write!(f, "the chain should end with entry {place}, and does not"),
            Self::Unchained(rows) => write!(f, "{rows} rows have no place in the chain"),
            Self::Noted(place) => write!(f, "entry {place} is not the head that was noted"),
        }
    }
}

/// Where a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An entry is missing at this place.
    Gap(i64),
    /// The entry at this place is not what was written.
    Edited(i64),
    /// The chain ends before or after the place that its head tells.
    End(i64),
    /// These many rows have no place in the chain: they were slipped in.
    Unchained(i64),
    /// The chain was another when the entry at this place was its head.
    Noted(i64),
}
