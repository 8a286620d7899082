//! Who must sit around the table (DOMAIN §17.3, §17.4, §18.1, C3, C29, C37).

use std::ops::RangeInclusive;

use super::super::model::{CommitteeKind, Participant, ParticipantRole};

/// « 6 à 8 usagers volontaires » of a local committee (DOMAIN §17.3).
pub const LOCAL_USERS: RangeInclusive<usize> = 6..=8;
/// « 1 ou 2 élus de proximité » of a local committee (DOMAIN §17.3, C29).
pub const LOCAL_ELECTED: RangeInclusive<usize> = 1..=2;
/// « 6 à 10 participants » of a listening committee (DOMAIN §18.1).
pub const LISTENING_PARTICIPANTS: RangeInclusive<usize> = 6..=10;
/// « généralement composé de 6 à 8 personnes » (DOMAIN §18.1, C3).
pub const LISTENING_RECOMMENDED: RangeInclusive<usize> = 6..=8;

/// How many people of each kind count for the rule. Facilitator, secretary and supervisor never do (C3);
/// partners come beside (C37).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Headcount {
    /// Usagers.
    pub users: usize,
    /// Élus de proximité.
    pub elected: usize,
    /// Agents who take part as participants.
    pub agents: usize,
}

impl Headcount {
    /// Counts people by their roles.
    pub fn of(roles: impl IntoIterator<Item = ParticipantRole>) -> Self {
        let mut count = Self::default();
        for role in roles {
            match role {
                ParticipantRole::User => count.users += 1,
                ParticipantRole::Elected => count.elected += 1,
                ParticipantRole::Agent => count.agents += 1,
                ParticipantRole::Partner
                | ParticipantRole::Facilitator
                | ParticipantRole::Secretary
                | ParticipantRole::Supervisor => {}
            }
        }
        count
    }

    /// Counts those who are expected: not those who declined, nor the reserve.
    pub fn expected(people: &[Participant]) -> Self {
        Self::of(people.iter().filter(|person| person.counts()).map(|person| person.role))
    }

    /// Everybody whom the rule of a listening committee counts (DOMAIN §18.4: users, officials or agents).
    pub const fn participants(self) -> usize {
        self.users + self.elected + self.agents
    }
}

crate::text_enum! {
    /// How far a composition may stand from the rule.
    FindingSeverity {
        /// Allowed; worth a thought.
        Warning = "WARNING",
        /// Stops the requests for confirmation until it is mended or a reason is written (C29).
        Blocking = "BLOCKING",
        /// Stops the invitations until it is mended or a reason is written (C3).
        Error = "ERROR",
    }
}

crate::text_enum! {
    /// What a composition is found to be.
    FindingCode {
        /// Fewer users than the rule of a local committee.
        TooFewUsers = "TOO_FEW_USERS",
        /// More users than the rule of a local committee.
        TooManyUsers = "TOO_MANY_USERS",
        /// No elected official in a local committee.
        NoElectedOfficial = "NO_ELECTED_OFFICIAL",
        /// More elected officials than the rule of a local committee.
        TooManyElectedOfficials = "TOO_MANY_ELECTED_OFFICIALS",
        /// Fewer participants than the rule of a listening committee.
        TooFewParticipants = "TOO_FEW_PARTICIPANTS",
        /// More participants than the rule of a listening committee.
        TooManyParticipants = "TOO_MANY_PARTICIPANTS",
        /// More participants than recommended for a listening committee.
        AboveRecommended = "ABOVE_RECOMMENDED",
    }
}

/// One remark about a composition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// How far it goes.
    pub severity: FindingSeverity,
    /// How many there are.
    pub count: usize,
}

impl Finding {
    /// The sentence that says what to do, in French.
    pub fn message(&self) -> String {
        let (count, local, elected) = (self.count, &LOCAL_USERS, &LOCAL_ELECTED);
        let all = &LISTENING_PARTICIPANTS;
        match self.code {
            FindingCode::TooFewUsers => format!(
                "{count} usagers : un comité local en réunit {} à {}. Invitez-en d'autres.",
                local.start(),
                local.end()
            ),
            FindingCode::TooManyUsers => format!(
                "{count} usagers : un comité local en réunit {} à {}. Placez les autres en réserve.",
                local.start(),
                local.end()
            ),
            FindingCode::NoElectedOfficial => format!(
                "Aucun élu : un comité local en réunit {} ou {}. Invitez un élu de proximité.",
                elected.start(),
                elected.end()
            ),
            FindingCode::TooManyElectedOfficials => format!(
                "{count} élus : un comité local en réunit {} ou {}.",
                elected.start(),
                elected.end()
            ),
            FindingCode::TooFewParticipants => format!(
                "{count} participants : un comité d'écoute en réunit {} à {}. Invitez-en d'autres.",
                all.start(),
                all.end()
            ),
            FindingCode::TooManyParticipants => format!(
                "{count} participants : un comité d'écoute en réunit {} à {}. Placez les autres en réserve.",
                all.start(),
                all.end()
            ),
            FindingCode::AboveRecommended => format!(
                "{count} participants : {} à {} sont recommandés pour que chacun parle.",
                LISTENING_RECOMMENDED.start(),
                LISTENING_RECOMMENDED.end()
            ),
        }
    }
}

/// What the rule says of a composition, worst first.
pub fn findings(kind: CommitteeKind, count: Headcount) -> Vec<Finding> {
    use FindingCode as C;
    use FindingSeverity as S;
    let finding = |code, severity, count| Finding { code, severity, count };
    let (users, elected, all) = (count.users, count.elected, count.participants());
    let found: &[Option<Finding>] = match kind {
        CommitteeKind::Local => &[
            (users < *LOCAL_USERS.start()).then(|| finding(C::TooFewUsers, S::Error, users)),
            (users > *LOCAL_USERS.end()).then(|| finding(C::TooManyUsers, S::Error, users)),
            (elected > *LOCAL_ELECTED.end())
                .then(|| finding(C::TooManyElectedOfficials, S::Error, elected)),
            (elected < *LOCAL_ELECTED.start())
                .then(|| finding(C::NoElectedOfficial, S::Blocking, elected)),
        ],
        CommitteeKind::Listening => &[
            (all < *LISTENING_PARTICIPANTS.start())
                .then(|| finding(C::TooFewParticipants, S::Error, all)),
            (all > *LISTENING_PARTICIPANTS.end())
                .then(|| finding(C::TooManyParticipants, S::Error, all)),
            (LISTENING_PARTICIPANTS.contains(&all) && !LISTENING_RECOMMENDED.contains(&all))
                .then(|| finding(C::AboveRecommended, S::Warning, all)),
        ],
    };
    found.iter().flatten().copied().collect()
}

/// Whether a composition stops the requests for confirmation (C29): until it is mended, or a reason is written.
pub fn blocked(kind: CommitteeKind, count: Headcount, reason: Option<&str>) -> bool {
    let blocking = |finding: &Finding| finding.severity == FindingSeverity::Blocking;
    reason.is_none() && findings(kind, count).iter().any(blocking)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(users: usize, elected: usize) -> Vec<(FindingCode, FindingSeverity)> {
        let count = Headcount { users, elected, agents: 0 };
        findings(CommitteeKind::Local, count).iter().map(|f| (f.code, f.severity)).collect()
    }

    fn listening(all: usize) -> Vec<(FindingCode, FindingSeverity)> {
        let count = Headcount { users: all, ..Headcount::default() };
        findings(CommitteeKind::Listening, count).iter().map(|f| (f.code, f.severity)).collect()
    }

    #[test]
    fn a_local_committee_has_six_to_eight_users_and_one_or_two_officials() {
        use FindingCode as C;
        use FindingSeverity as S;
        assert_eq!(local(5, 1), [(C::TooFewUsers, S::Error)]);
        assert_eq!(local(6, 1), []);
        assert_eq!(local(8, 2), []);
        assert_eq!(local(9, 1), [(C::TooManyUsers, S::Error)]);
        assert_eq!(local(7, 0), [(C::NoElectedOfficial, S::Blocking)]);
        assert_eq!(local(7, 3), [(C::TooManyElectedOfficials, S::Error)]);
    }

    #[test]
    fn a_listening_committee_has_six_to_ten_participants_and_rather_eight() {
        use FindingCode as C;
        use FindingSeverity as S;
        assert_eq!(listening(5), [(C::TooFewParticipants, S::Error)]);
        assert_eq!(listening(6), []);
        assert_eq!(listening(8), []);
        assert_eq!(listening(9), [(C::AboveRecommended, S::Warning)]);
        assert_eq!(listening(10), [(C::AboveRecommended, S::Warning)]);
        assert_eq!(listening(11), [(C::TooManyParticipants, S::Error)]);
    }

    #[test]
    fn requests_wait_for_an_official_or_a_reason_and_for_nothing_else() {
        let stopped = |kind, users, elected, reason| {
            blocked(kind, Headcount { users, elected, agents: 0 }, reason)
        };
        assert!(stopped(CommitteeKind::Local, 7, 0, None));
        assert!(stopped(CommitteeKind::Local, 5, 0, None));
        assert!(!stopped(CommitteeKind::Local, 7, 0, Some("L'élu viendra sans le dire.")));
        assert!(!stopped(CommitteeKind::Local, 7, 1, None));
        // Too few and too many stop invitations; those who were invited are asked all the same.
        assert!(!stopped(CommitteeKind::Local, 5, 1, None));
        assert!(!stopped(CommitteeKind::Local, 7, 3, None));
        assert!(!stopped(CommitteeKind::Listening, 5, 0, None));
        assert!(!stopped(CommitteeKind::Listening, 11, 0, None));
    }

    #[test]
    fn those_who_run_it_and_partners_are_not_counted() {
        use ParticipantRole as R;
        let beside = [R::Facilitator, R::Secretary, R::Supervisor, R::Partner];
        assert_eq!(Headcount::of(beside), Headcount::default());
        let mixed = [R::User, R::Elected, R::Agent, R::Partner];
        assert_eq!(Headcount::of(mixed).participants(), 3);
    }
}
