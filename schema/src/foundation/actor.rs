//! Who is calling.

use super::policy::Role;

/// One role of an account, and where it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Root of the subtree; `None` for the roles that hold everywhere.
    pub structure_id: Option<i64>,
}

/// How far an API token narrows the rights of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The token.
    pub token_id: i64,
    /// Root of the only subtree where it holds.
    pub root: i64,
    /// Whether it may change anything.
    pub write: bool,
}

/// The caller of one operation, as authentication found it.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    account_id: Option<i64>,
    session_id: Option<i64>,
    limit: Option<Limit>,
    grants: Vec<Grant>,
    console: bool,
}

impl Actor {
    /// Somebody without account.
    pub fn public() -> Self {
        Self::default()
    }

    /// Somebody logged in.
    pub fn account(account_id: i64, session_id: i64, grants: Vec<Grant>) -> Self {
        Self {
            account_id: Some(account_id),
            session_id: Some(session_id),
            grants,
            ..Self::default()
        }
    }

    /// A program that shows an API token: its owner, within the token's limit. No grant on a structure may lead
    /// out of the limit's subtree; what roles that hold everywhere reach is narrowed by the policy.
    pub fn token(account_id: i64, limit: Limit, grants: Vec<Grant>) -> Self {
        Self { account_id: Some(account_id), limit: Some(limit), grants, ..Self::default() }
    }

    /// Somebody at the machine's own command line, for one task with the rights it needs.
    pub fn console(grants: Vec<Grant>) -> Self {
        Self { grants, console: true, ..Self::default() }
    }

    /// The account, when logged in; for a token, its owner's.
    pub fn account_id(&self) -> Option<i64> {
        self.account_id
    }

    /// The session, when a person logged in; a token has none.
    pub fn session_id(&self) -> Option<i64> {
        self.session_id
    }

    /// What an API token narrows; `None` for everybody else.
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// The roles held.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// A reference for the audit trail: no name, no address. A token's tells its owner, too: the trail is kept
    /// longer than the token.
    pub fn reference(&self) -> String {
        match (self.account_id, self.limit) {
            (Some(id), Some(limit)) => format!("account:{id} token:{}", limit.token_id),
            (Some(id), None) => format!("account:{id}"),
            (None, _) if self.console => "console".to_owned(),
            (None, _) => "public".to_owned(),
        }
    }
}

/// The actor and the request it speaks in.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Who calls.
    pub actor: Actor,
    /// Correlates logs, audit entries and jobs.
    pub request_id: String,
    /// Keyed hash of the network address, to slow guessing down; never the address itself.
    pub origin: String,
    /// The trace that the caller's request belongs to, as a W3C `traceparent`.
    pub trace: Option<String>,
}
