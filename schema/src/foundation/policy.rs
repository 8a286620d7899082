//! Who may do what: one table of role × action, and the only maker of [`Scope`].
//!
//! The table is printed to `docs/policy.md` by `server print policy`; a test compares both, and
//! refuses a root field of the API that has no row in [`FIELDS`]. Roles come from DOMAIN §29; people
//! of one event (facilitator, elected official, …) hold no account and appear with their event.

use super::actor::Actor;
use super::error::{Error, Result};

crate::text_enum! {
    /// A role that an account holds, everywhere or on the subtree of one structure.
    Role {
        /// Agent public: works at a contact point and keeps its registers.
        Agent = "AGENT",
        /// Référent Services Publics +: volunteer who carries the approach in the team.
        Referent = "REFERENT",
        /// Community manager: follows what is said, changes nothing.
        CommunityManager = "COMMUNITY_MANAGER",
        /// Responsable de site: manages a structure and receives its alerts.
        Manager = "MANAGER",
        /// Direction générale or tête de réseau: heads a whole network.
        NetworkHead = "NETWORK_HEAD",
        /// Modérateur: reads testimonies before everybody and publishes or rejects them.
        Moderator = "MODERATOR",
        /// Équipe nationale (DITP).
        National = "NATIONAL",
        /// Délégué à la protection des données.
        DataProtectionOfficer = "DATA_PROTECTION_OFFICER",
        /// Exploitant: sees queues and ledgers, no domain data.
        Operator = "OPERATOR",
    }
}

impl Role {
    /// Whether the role holds everywhere, without a structure.
    pub const fn is_everywhere(self) -> bool {
        matches!(
            self,
            Self::Moderator | Self::National | Self::DataProtectionOfficer | Self::Operator
        )
    }
}

crate::text_enum! {
    /// Which e-mails a manager chose: alerts about testimonies, reminders about written requests.
    AlertChoice {
        /// None at all: this also stops the reminders about written requests.
        None = "NONE",
        /// About the structure itself; and, when a reminder escalates, about those just below.
        Own = "OWN",
        /// About the structure and all below it.
        Subtree = "SUBTREE",
    }
}

/// Something the API lets somebody do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read what is public: networks, commitments, structures, published testimonies, dashboards.
    ReadPublic,
    /// Tell an experience; open or close a session.
    TakePart,
    /// Read one's own account and change one's own settings.
    ManageOwnAccount,
    /// Read testimonies that are not public (in moderation, rejected, withdrawn).
    ReadHiddenTestimonies,
    /// Publish or reject testimonies.
    ModerateTestimonies,
    /// Read the register of written requests and its results.
    ReadWrittenRequests,
    /// Register, acknowledge and answer written requests.
    KeepWrittenRequests,
    /// Read committees and the elected officials of the territory.
    ReadCommittees,
    /// Plan committees, see who is on their lists, invite people, keep officials and candidates.
    OrganiseCommittees,
    /// Import the reference list of structures.
    ImportStructures,
    /// Read the trail of changes.
    ReadAuditTrail,
    /// List, make, renew and revoke the API tokens of a structure.
    ManageApiTokens,
    /// Read queues, jobs, schedules and incidents, and why a message was or was not sent.
    ReadOperations,
    /// Retry and cancel jobs, pause and resume queues, settle uncertain messages.
    OperateJobs,
}

impl Action {
    /// Every action, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::ReadPublic,
        Self::TakePart,
        Self::ManageOwnAccount,
        Self::ReadHiddenTestimonies,
        Self::ModerateTestimonies,
        Self::ReadWrittenRequests,
        Self::KeepWrittenRequests,
        Self::ReadCommittees,
        Self::OrganiseCommittees,
        Self::ImportStructures,
        Self::ReadAuditTrail,
        Self::ManageApiTokens,
        Self::ReadOperations,
        Self::OperateJobs,
    ];
}

/// Whether an action changes something, or serves only those who do: a token that only reads has none of it.
pub const fn writes(action: Action) -> bool {
    match action {
        Action::ReadPublic
        | Action::ReadHiddenTestimonies
        | Action::ReadWrittenRequests
        | Action::ReadCommittees
        | Action::ReadAuditTrail
        | Action::ReadOperations => false,
        Action::TakePart
        | Action::ManageOwnAccount
        | Action::ModerateTestimonies
        | Action::KeepWrittenRequests
        | Action::OrganiseCommittees
        | Action::ImportStructures
        | Action::ManageApiTokens
        | Action::OperateJobs => true,
    }
}

/// Whether an action is for people only, whatever a token's owner may do: a stolen token must not make others or
/// touch the account, and what belongs to no structure cannot be narrowed to one.
pub const fn needs_person(action: Action) -> bool {
    matches!(
        action,
        Action::ManageOwnAccount
            | Action::ManageApiTokens
            | Action::ReadOperations
            | Action::OperateJobs
    )
}

/// How far a role reaches with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Nowhere,
    /// On the structure where the role is held and all below it.
    Subtree,
    /// On everything.
    Everywhere,
}

/// The table. `None` as role is the public, without account.
pub fn reach(role: Option<Role>, action: Action) -> Reach {
    use Action as A;
    use Reach::{Everywhere, Nowhere, Subtree};
    use Role as R;
    match (role, action) {
        (_, A::ReadPublic | A::TakePart) => Everywhere,
        (None, _) => Nowhere,
        (Some(_), A::ManageOwnAccount) => Everywhere,
        (Some(role), A::ReadHiddenTestimonies) => match role {
            R::Agent | R::Referent | R::CommunityManager | R::Manager | R::NetworkHead => Subtree,
            R::Moderator | R::National | R::DataProtectionOfficer => Everywhere,
            R::Operator => Nowhere,
        },
        (Some(role), A::ModerateTestimonies) => match role {
            R::Moderator => Everywhere,
            _ => Nowhere,
        },
        (Some(role), A::ReadWrittenRequests) => match role {
            R::Agent | R::Referent | R::Manager | R::NetworkHead => Subtree,
            R::National | R::DataProtectionOfficer => Everywhere,
            R::CommunityManager | R::Moderator | R::Operator => Nowhere,
        },
        (Some(role), A::KeepWrittenRequests) => match role {
            R::Agent | R::Referent | R::Manager | R::NetworkHead => Subtree,
            _ => Nowhere,
        },
        (Some(role), A::ReadCommittees) => match role {
            R::Agent | R::Referent | R::CommunityManager | R::Manager | R::NetworkHead => Subtree,
            R::National | R::DataProtectionOfficer => Everywhere,
            R::Moderator | R::Operator => Nowhere,
        },
        (Some(role), A::OrganiseCommittees) => match role {
            R::Agent | R::Referent | R::Manager | R::NetworkHead => Subtree,
            _ => Nowhere,
        },
        (Some(role), A::ImportStructures) => match role {
            R::NetworkHead => Subtree,
            R::National => Everywhere,
            _ => Nowhere,
        },
        (Some(role), A::ReadAuditTrail) => match role {
            R::NetworkHead => Subtree,
            R::National => Everywhere,
            _ => Nowhere,
        },
        (Some(role), A::ManageApiTokens) => match role {
            R::Manager | R::NetworkHead => Subtree,
            R::National => Everywhere,
            _ => Nowhere,
        },
        (Some(role), A::ReadOperations | A::OperateJobs) => match role {
            R::Operator => Everywhere,
            _ => Nowhere,
        },
    }
}

/// The action behind each root field of the API. A field without a row fails the build's tests.
pub const FIELDS: &[(&str, Action)] = &[
    ("Query.viewer", Action::ReadPublic),
    ("Query.node", Action::ReadPublic),
    ("Query.nodes", Action::ReadPublic),
    ("Query.networks", Action::ReadPublic),
    ("Query.commitments", Action::ReadPublic),
    ("Query.structure", Action::ReadPublic),
    ("Query.structures", Action::ReadPublic),
    ("Query.testimony", Action::ReadPublic),
    ("Query.testimonies", Action::ReadPublic),
    ("Query.testimonyDashboard", Action::ReadPublic),
    ("Query.writtenRequest", Action::ReadWrittenRequests),
    ("Query.writtenRequests", Action::ReadWrittenRequests),
    ("Query.writtenRequestResults", Action::ReadWrittenRequests),
    ("Query.committee", Action::ReadCommittees),
    ("Query.committees", Action::ReadCommittees),
    ("Query.candidateConsent", Action::ReadPublic),
    ("Query.committeeSummary", Action::ReadPublic),
    ("Query.committeeSummaries", Action::ReadPublic),
    ("Query.committeeCandidates", Action::OrganiseCommittees),
    ("Query.electedOfficials", Action::ReadCommittees),
    ("Query.auditTrail", Action::ReadAuditTrail),
    ("Query.apiTokens", Action::ManageApiTokens),
    ("Query.jobQueues", Action::ReadOperations),
    ("Query.jobs", Action::ReadOperations),
    ("Query.jobSchedules", Action::ReadOperations),
    ("Query.incidents", Action::ReadOperations),
    ("Query.mails", Action::ReadOperations),
    ("Query.mailTotals", Action::ReadOperations),
    ("Query.mailTimeline", Action::ReadOperations),
    ("Mutation.sessionCreate", Action::TakePart),
    ("Mutation.sessionExchange", Action::TakePart),
    ("Mutation.sessionDelete", Action::TakePart),
    ("Mutation.alertChoose", Action::ManageOwnAccount),
    ("Mutation.structuresImport", Action::ImportStructures),
    ("Mutation.testimonySubmit", Action::TakePart),
    ("Mutation.testimonyPublish", Action::ModerateTestimonies),
    ("Mutation.testimonyReject", Action::ModerateTestimonies),
    ("Mutation.writtenRequestRegister", Action::KeepWrittenRequests),
    ("Mutation.writtenRequestAcknowledge", Action::KeepWrittenRequests),
    ("Mutation.writtenRequestAnswer", Action::KeepWrittenRequests),
    ("Mutation.writtenRequestsImport", Action::KeepWrittenRequests),
    ("Mutation.committeeCreate", Action::OrganiseCommittees),
    ("Mutation.committeeUpdate", Action::OrganiseCommittees),
    ("Mutation.committeeMove", Action::OrganiseCommittees),
    ("Mutation.committeeCancel", Action::OrganiseCommittees),
    ("Mutation.committeeInvite", Action::OrganiseCommittees),
    ("Mutation.committeeRespond", Action::TakePart),
    ("Mutation.committeeRecord", Action::OrganiseCommittees),
    ("Mutation.committeeClose", Action::OrganiseCommittees),
    ("Mutation.electedOfficialSave", Action::OrganiseCommittees),
    ("Mutation.candidateApply", Action::TakePart),
    ("Mutation.apiTokenCreate", Action::ManageApiTokens),
    ("Mutation.apiTokenRenew", Action::ManageApiTokens),
    ("Mutation.apiTokenRevoke", Action::ManageApiTokens),
    ("Mutation.jobQueuePause", Action::OperateJobs),
    ("Mutation.jobQueueResume", Action::OperateJobs),
    ("Mutation.jobRetry", Action::OperateJobs),
    ("Mutation.jobCancel", Action::OperateJobs),
    ("Mutation.mailDecide", Action::OperateJobs),
    ("Subscription.testimonyPublished", Action::ReadPublic),
    ("Subscription.testimonySubmitted", Action::ReadHiddenTestimonies),
];

/// The part of the data that an actor reaches with one action. Only this module makes one, so a
/// listing that asks for a `Scope` cannot be called unscoped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(Extent);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Extent {
    Everything,
    Subtrees(Vec<i64>),
}

impl Scope {
    /// The roots of the subtrees reached; `None` when everything is.
    pub fn subtrees(&self) -> Option<&[i64]> {
        match &self.0 {
            Extent::Everything => None,
            Extent::Subtrees(roots) => Some(roots),
        }
    }

    /// Whether a structure, given with its ancestors, is within.
    pub fn covers(&self, path: &[i64]) -> bool {
        self.subtrees().is_none_or(|roots| path.iter().any(|id| roots.contains(id)))
    }
}

impl Actor {
    /// What the actor reaches with an action, even if that is nothing.
    pub fn reached(&self, action: Action) -> Scope {
        let limit = self.limit();
        if limit.is_some_and(|limit| needs_person(action) || writes(action) && !limit.write) {
            return Scope(Extent::Subtrees(vec![]));
        }
        // What everybody may do, a token may do everywhere, too.
        if reach(None, action) == Reach::Everywhere {
            return Scope(Extent::Everything);
        }
        let everything = match limit {
            None => Scope(Extent::Everything),
            Some(limit) => Scope(Extent::Subtrees(vec![limit.root])),
        };
        let mut roots = Vec::new();
        for grant in self.grants() {
            match (reach(Some(grant.role), action), grant.structure_id) {
                (Reach::Everywhere, _) => return everything,
                (Reach::Subtree, Some(structure)) => roots.push(structure),
                _ => {}
            }
        }
        Scope(Extent::Subtrees(roots))
    }

    /// What the actor reaches with an action, for a listing.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without an account, [`Error::Forbidden`] when no role allows it anywhere, or the
    /// token does not.
    pub fn scope(&self, action: Action) -> Result<Scope> {
        let scope = self.reached(action);
        match scope.subtrees() {
            Some([]) if self.account_id().is_none() => Err(Error::Unauthenticated),
            Some([]) => Err(Error::Forbidden),
            _ => Ok(scope),
        }
    }

    /// Checks that the actor may act on a structure, given with its ancestors.
    ///
    /// # Errors
    /// As [`Actor::scope`]; [`Error::NotFound`] when the structure is outside, so that its existence
    /// is not told.
    pub fn authorise(&self, action: Action, path: &[i64]) -> Result<()> {
        if self.scope(action)?.covers(path) { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// The table as Markdown, for the committed file that reviewers read.
pub fn table() -> String {
    let mut text = String::from(
        "# Who may do what\n\nPrinted by `server print policy`; a test keeps it true. « subtree »: the structure where\nthe role is held and all below it.\n\nA token acts with the rights of its owner on its own structure and all below it. « token »: what it must be\nfor the action; « – »: no token may.\n\n| action | token | public |",
    );
    for role in Role::ALL {
        text += &format!(" {role} |");
    }
    text += "\n|---|---|---|";
    text += &"---|".repeat(Role::ALL.len());
    for action in Action::ALL {
        let token = match (needs_person(*action), writes(*action)) {
            (true, _) => "–",
            (false, true) => "READ_WRITE",
            (false, false) => "READ",
        };
        text += &format!("\n| {action:?} | {token} |");
        for role in std::iter::once(None).chain(Role::ALL.iter().copied().map(Some)) {
            text += match reach(role, *action) {
                Reach::Nowhere => " – |",
                Reach::Subtree => " subtree |",
                Reach::Everywhere => " all |",
            };
        }
    }
    text += "\n\n| field | action |\n|---|---|\n";
    for (field, action) in FIELDS {
        text += &format!("| {field} | {action:?} |\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::actor::{Grant, Limit};
    use super::*;

    #[test]
    fn a_subtree_covers_its_descendants_and_nothing_else() {
        let agent = Actor::account(1, 1, vec![Grant { role: Role::Agent, structure_id: Some(10) }]);
        assert!(agent.authorise(Action::KeepWrittenRequests, &[1, 10]).is_ok());
        assert!(agent.authorise(Action::KeepWrittenRequests, &[1, 10, 11]).is_ok());
        assert!(matches!(agent.authorise(Action::KeepWrittenRequests, &[1]), Err(Error::NotFound)));
        assert!(matches!(
            agent.authorise(Action::KeepWrittenRequests, &[1, 12]),
            Err(Error::NotFound)
        ));
        assert!(matches!(agent.authorise(Action::OperateJobs, &[1, 10]), Err(Error::Forbidden)));
        assert!(matches!(
            Actor::public().scope(Action::ReadWrittenRequests),
            Err(Error::Unauthenticated)
        ));
    }

    #[test]
    fn a_role_without_structure_never_becomes_a_role_everywhere() {
        let stray = Actor::account(1, 1, vec![Grant { role: Role::Agent, structure_id: None }]);
        assert!(matches!(stray.scope(Action::ReadWrittenRequests), Err(Error::Forbidden)));
    }

    #[test]
    fn a_token_never_reaches_out_of_its_subtree_and_one_that_reads_changes_nothing() {
        let token = |role: Role, place: Option<i64>, write: bool| {
            let limit = Limit { token_id: 1, root: 10, write };
            Actor::token(1, limit, vec![Grant { role, structure_id: place }])
        };
        let national = token(Role::National, None, true);
        assert!(national.authorise(Action::ReadWrittenRequests, &[1, 10, 11]).is_ok());
        for path in [&[1_i64] as &[i64], &[1, 12], &[2]] {
            let out = national.authorise(Action::ReadWrittenRequests, path);
            assert!(matches!(out, Err(Error::NotFound)), "{path:?}");
        }
        let reads = token(Role::Manager, Some(10), false);
        let changes = token(Role::Manager, Some(10), true);
        for action in Action::ALL {
            let open = |actor: &Actor| actor.scope(*action).is_ok();
            let (own, public) = (reach(Some(Role::Manager), *action), reach(None, *action));
            let ever = own != Reach::Nowhere && !needs_person(*action);
            assert_eq!(open(&changes), ever, "{action:?}");
            assert_eq!(open(&reads), ever && !writes(*action), "{action:?}");
            assert!(public == Reach::Nowhere || !needs_person(*action), "{action:?}");
        }
        for everywhere in [Role::Operator, Role::Moderator, Role::DataProtectionOfficer] {
            let actor = token(everywhere, None, true);
            for action in Action::ALL.iter().filter(|one| reach(None, **one) == Reach::Nowhere) {
                assert!(actor.reached(*action).subtrees().is_some(), "{everywhere} {action:?}");
            }
        }
    }
}
