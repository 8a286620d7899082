//! What there is to do, and what of it a token may do.

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
