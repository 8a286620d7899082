//! Roles, and which alerts those who manage choose.

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
