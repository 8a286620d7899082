//! Rows of log-ins through a provider.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::foundation::secret::Secret;
use crate::tables::{login_attempt, login_handover};

/// What a person takes along to the provider and must bring back. (No `Debug` on these: they hold secrets and names.)
#[derive(Clone)]
pub struct Departure {
    /// Comes back in the address; kept as a hash.
    pub state: Secret,
    /// Stays in the browser as a cookie; kept as a hash.
    pub browser: Secret,
    /// Comes back in the ID token.
    pub nonce: Secret,
    /// Proves to the provider that whoever redeems the code is who asked for it (PKCE).
    pub verifier: Secret,
}

/// What is remembered of somebody who left for the provider.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = login_attempt, check_for_backend(diesel::pg::Pg))]
pub struct Attempt {
    /// What the ID token must hold.
    pub nonce: Secret,
    /// What redeems the code.
    pub verifier: Secret,
    /// Where the person goes when all is well; checked before it was written down.
    pub return_to: String,
    /// When the person left, UTC.
    pub created_at: DateTime<Utc>,
}

/// A row of somebody who leaves for the provider.
#[derive(Insertable)]
#[diesel(table_name = login_attempt)]
pub(super) struct NewAttempt<'a> {
    pub(super) state_hash: Vec<u8>,
    pub(super) browser_hash: Vec<u8>,
    pub(super) nonce: &'a str,
    pub(super) verifier: &'a str,
    pub(super) return_to: &'a str,
    pub(super) created_at: DateTime<Utc>,
}

/// What a provider says of a person, once it is proven.
#[derive(Clone)]
pub struct Person {
    /// The provider.
    pub issuer: String,
    /// The provider's own name for the person; it never changes.
    pub subject: String,
    /// Address, unless the provider says that it was not verified.
    pub email: Option<String>,
    /// First and last name.
    pub name: Option<String>,
    /// The establishment where the person works.
    pub siret: Option<String>,
    /// Where the person logs out at the provider.
    pub logout_url: Option<String>,
}

/// Somebody who came back well, and whose front end has yet to fetch the session.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = login_handover, check_for_backend(diesel::pg::Pg))]
pub struct Handover {
    /// Who.
    pub account_id: i64,
    /// Where the person logs out at the provider.
    pub logout_url: Option<String>,
    /// Since when the code is good, UTC.
    pub created_at: DateTime<Utc>,
}
