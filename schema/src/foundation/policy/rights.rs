//! The table of role × action.

use super::{Action, Role};

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
