//! Rows of API tokens.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::foundation::secret::Secret;
use crate::tables::api_token;

crate::text_enum! {
    /// What an API token may do of what its owner may.
    ApiTokenAccess {
        /// Read; every mutation refuses it.
        Read = "READ",
        /// Read and change.
        ReadWrite = "READ_WRITE",
    }
}

impl ApiTokenAccess {
    /// Whether it lets anything be changed.
    pub const fn writes(self) -> bool {
        matches!(self, Self::ReadWrite)
    }

    /// In French, for letters.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "lecture",
            Self::ReadWrite => "lecture et écriture",
        }
    }
}

crate::text_enum! {
    /// Where an API token stands.
    ApiTokenState {
        /// It is accepted, as long as its owner could make it anew.
        Active = "ACTIVE",
        /// Its last day is over.
        Expired = "EXPIRED",
        /// Somebody ended it.
        Revoked = "REVOKED",
    }
}

crate::text_enum! {
    /// A notice that a token will expire, by the time left.
    NoticeStage {
        /// A month.
        Month = "MONTH",
        /// A week.
        Week = "WEEK",
        /// A day.
        Day = "DAY",
    }
}

/// An API token, without the secret, which is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = api_token, check_for_backend(diesel::pg::Pg))]
pub struct ApiToken {
    /// Row number.
    pub id: i64,
    /// Its owner, with whose rights it acts.
    pub account_id: i64,
    /// What it is for, in the owner's words.
    pub name: String,
    /// The first characters of the secret.
    pub prefix: String,
    /// Whether it only reads.
    pub access: ApiTokenAccess,
    /// Root of the subtree where it holds.
    pub structure_id: i64,
    /// When it was made, UTC.
    pub created_at: DateTime<Utc>,
    /// When it stops being accepted, UTC.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute, UTC.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When somebody ended it, UTC.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A token to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = api_token)]
pub(super) struct NewApiToken<'a> {
    pub account_id: i64,
    pub name: &'a str,
    pub prefix: &'a str,
    pub token_hash: Vec<u8>,
    pub access: ApiTokenAccess,
    pub structure_id: i64,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub renewed_from: Option<i64>,
}

/// A token as somebody asks for it.
#[derive(Debug, Clone)]
pub struct Creation {
    /// What it is for.
    pub name: String,
    /// Code or global id of the root of its subtree.
    pub structure: String,
    /// Whether it only reads.
    pub access: ApiTokenAccess,
    /// Its last day in Europe/Paris; a year from now when absent.
    pub expires_on: Option<NaiveDate>,
}

/// A token at the one moment at which its secret is known. Not `Debug`: a log must never show it.
pub struct Issued {
    /// What the program sends.
    pub token: Secret,
    /// What is kept.
    pub row: ApiToken,
}

/// What a list of tokens is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ApiTokenFilter {
    /// This structure and all below it.
    pub below: Option<i64>,
    /// Those that are active (true), or ended (false).
    pub active: Option<bool>,
}
