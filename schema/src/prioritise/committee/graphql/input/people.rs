//! People: put on the list, and their answers.

use async_graphql::{ID, InputObject};

use crate::foundation::id;
use crate::prioritise::committee::model::ParticipantRole;
use crate::prioritise::committee::service::{Answer, Invitation, Person, PersonSource};

/// Somebody to put on the list: an official, a candidate, or somebody described by name and e-mail address.
#[derive(InputObject)]
pub struct CommitteePersonInput {
    /// What they do in the committee.
    role: ParticipantRole,
    /// Global id of an elected official; with the role ELECTED only.
    official: Option<ID>,
    /// Global id of a candidate.
    candidate: Option<ID>,
    /// Name, for somebody who is neither.
    name: Option<String>,
    /// E-mail address, for somebody who is neither.
    email: Option<String>,
    /// Whether they wait in reserve until a place of their role becomes free.
    #[graphql(default)]
    reserve: bool,
    /// Whether the official is invited although another committee of the period does the same.
    #[graphql(default)]
    knowingly: bool,
}

impl From<CommitteePersonInput> for Person {
    fn from(input: CommitteePersonInput) -> Self {
        // An id that is none of ours leads to no row, and is answered as unknown.
        let row = |kind: &str, given: &ID| id::number_of(kind, given).unwrap_or_default();
        let source = match (&input.official, &input.candidate, input.name, input.email) {
            (Some(given), None, None, None) => {
                PersonSource::Official(row("ElectedOfficial", given))
            }
            (None, Some(given), None, None) => {
                PersonSource::Candidate(row("CommitteeCandidate", given))
            }
            (None, None, Some(name), Some(email)) => PersonSource::Described { name, email },
            _ => PersonSource::Unclear,
        };
        Self { role: input.role, source, reserve: input.reserve, knowingly: input.knowingly }
    }
}

/// People to put on the list of a committee.
#[derive(InputObject)]
pub struct CommitteeInviteInput {
    /// Global id of the committee.
    id: ID,
    /// Who comes on the list, at most 50 at once.
    #[graphql(validator(max_items = 50))]
    people: Vec<CommitteePersonInput>,
    /// Whether everybody on the list who was not invited yet is invited now. The composition is checked then.
    #[graphql(default = true)]
    send: bool,
    /// Why a composition outside the rule, or missing prerequisites, do not stop it.
    override_reason: Option<String>,
}

impl From<CommitteeInviteInput> for Invitation {
    fn from(input: CommitteeInviteInput) -> Self {
        Self {
            id: id::number_of("Committee", &input.id).unwrap_or_default(),
            people: input.people.into_iter().map(Into::into).collect(),
            send: input.send,
            override_reason: input.override_reason,
        }
    }
}

/// An answer by the one-time link of an e-mail.
#[derive(InputObject)]
pub struct CommitteeRespondInput {
    /// The last part of the link's address.
    pub(in super::super) token: String,
    /// The answer; that of the link when absent, as each e-mail has one link for each.
    pub(in super::super) answer: Option<Answer>,
}
