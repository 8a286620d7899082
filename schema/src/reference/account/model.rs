//! Rows of accounts, roles and sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::foundation::policy::{AlertChoice, Role};
use crate::foundation::secret::Secret;
use crate::tables::{account, account_role};

/// Somebody who logs in.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = account, check_for_backend(diesel::pg::Pg))]
pub struct Account {
    /// Row number.
    pub id: i64,
    /// Address, in lower case; also the login.
    pub email: String,
    /// Name shown to colleagues and in e-mails.
    pub display_name: String,
    /// Argon2id hash of the password; of one that nobody knows, when the account was opened through a provider.
    pub password_hash: String,
    /// When the account was closed, UTC.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A role of an account.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = account_role, check_for_backend(diesel::pg::Pg))]
pub struct AccountRole {
    /// Row number.
    pub id: i64,
    /// Who holds it.
    pub account_id: i64,
    /// The role.
    pub role: Role,
    /// Root of the subtree where it holds; none for the roles that hold everywhere.
    pub structure_id: Option<i64>,
    /// Which alert e-mails it brings.
    pub alerts: AlertChoice,
    /// Since when, after a time without any; UTC.
    pub alerts_since: Option<DateTime<Utc>>,
}

/// Somebody an e-mail may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The account.
    pub account_id: i64,
    /// Name for the greeting.
    pub display_name: String,
    /// Address.
    pub email: String,
}

/// An open session, told once to the one who opened it.
#[derive(Clone)]
pub struct OpenedSession {
    /// The bearer token; only its hash is stored.
    pub token: Secret,
    /// When it stops being accepted, UTC.
    pub expires_at: DateTime<Utc>,
    /// Who it speaks for.
    pub account: Account,
}
