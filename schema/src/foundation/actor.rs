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

/// The caller of one operation, as authentication found it.
#[derive(Debug, Clone, Default)]
pub struct Actor {
    account_id: Option<i64>,
    session_id: Option<i64>,
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
        Self { account_id: Some(account_id), session_id: Some(session_id), grants, console: false }
    }

    /// Somebody at the machine's own command line, for one task with the rights it needs.
    pub fn console(grants: Vec<Grant>) -> Self {
        Self { grants, console: true, ..Self::default() }
    }

    /// The account, when logged in.
    pub fn account_id(&self) -> Option<i64> {
        self.account_id
    }

    /// The session, when logged in.
    pub fn session_id(&self) -> Option<i64> {
        self.session_id
    }

    /// The roles held.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// A reference for the audit trail: no name, no address.
    pub fn reference(&self) -> String {
        match self.account_id {
            Some(id) => format!("account:{id}"),
            None if self.console => "console".to_owned(),
            None => "public".to_owned(),
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
