//! What the API is asked.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use chrono::{DateTime, Utc};

use crate::foundation::id;
use crate::prioritise::committee::model::{
    CommitteeFilter, CommitteeKind, CommitteeMode, CommitteeStatus, OfficialEntry, ParticipantRole,
};
use crate::prioritise::committee::rules::Plan;
use crate::prioritise::committee::service::{
    Answer, Application, Changes, Creation, Invitation, Person, PersonSource,
};
use crate::reference::structure::graphql::named;

/// Narrows a list of committees. Conditions add up.
#[derive(InputObject, Default)]
pub struct CommitteeFilterInput {
    /// Code or global id of a structure; with all below it.
    structure: Option<ID>,
    /// Of this kind.
    kind: Option<CommitteeKind>,
    /// In this state.
    status: Option<CommitteeStatus>,
    /// Starts at or after this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    from: Option<DateTime<Utc>>,
    /// Starts before this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    to: Option<DateTime<Utc>>,
    /// Changed at or after this instant: for clients that keep a copy.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    updated_since: Option<DateTime<Utc>>,
}

impl CommitteeFilterInput {
    /// Looks the structure up and gives the domain's filter.
    pub(super) async fn resolve(self, ctx: &Context<'_>) -> Result<CommitteeFilter> {
        Ok(CommitteeFilter {
            below: named(ctx, self.structure).await?,
            kind: self.kind,
            status: self.status,
            from: self.from,
            to: self.to,
            updated_since: self.updated_since,
        })
    }
}

/// A committee to plan.
#[derive(InputObject)]
pub struct CommitteeCreateInput {
    /// Code or global id of the structure that holds it.
    structure: ID,
    /// Its kind.
    kind: CommitteeKind,
    /// Title, at most 150 characters.
    title: String,
    /// Theme; needed for a listening committee.
    theme: Option<String>,
    /// « Finalités ».
    aims: String,
    /// « Ordre du jour ».
    agenda: String,
    /// Start, in the future.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    starts_at: DateTime<Utc>,
    /// Length in minutes, 15 to 480; 90 to 120 are recommended.
    #[graphql(default = 120)]
    duration_minutes: i32,
    /// On site, remote or both.
    mode: CommitteeMode,
    /// Where; needed unless it is remote.
    place: Option<String>,
    /// Address on line, `https://…`; needed unless it is on site.
    link: Option<String>,
    /// Whether results, indicators and testimonies were analysed.
    #[graphql(default)]
    results_analysed: bool,
    /// Whether first ideas were found in the team.
    #[graphql(default)]
    ideas_gathered: bool,
}

impl From<CommitteeCreateInput> for Creation {
    fn from(input: CommitteeCreateInput) -> Self {
        Self {
            structure: input.structure.0,
            kind: input.kind,
            plan: Plan {
                title: input.title,
                theme: input.theme,
                aims: input.aims,
                agenda: input.agenda,
                starts_at: input.starts_at,
                duration_minutes: input.duration_minutes,
                mode: input.mode,
                place: input.place,
                link: input.link,
            },
            results_analysed: input.results_analysed,
            ideas_gathered: input.ideas_gathered,
        }
    }
}

/// Changes of a committee; what is absent stays as it is. `theme`, `place` and `link` go away when given as null.
#[derive(InputObject)]
pub struct CommitteeUpdateInput {
    /// Global id of the committee.
    pub(super) id: ID,
    /// Title.
    title: Option<String>,
    /// Theme; null takes it away, except from a listening committee.
    theme: MaybeUndefined<String>,
    /// « Finalités ».
    aims: Option<String>,
    /// « Ordre du jour ».
    agenda: Option<String>,
    /// Length in minutes.
    duration_minutes: Option<i32>,
    /// On site, remote or both.
    mode: Option<CommitteeMode>,
    /// Where; null takes it away, when the committee is remote.
    place: MaybeUndefined<String>,
    /// Address on line; null takes it away, when the committee is on site.
    link: MaybeUndefined<String>,
    /// Whether results, indicators and testimonies were analysed.
    results_analysed: Option<bool>,
    /// Whether first ideas were found in the team.
    ideas_gathered: Option<bool>,
    /// Why a composition outside the rule, or missing prerequisites, do not stop it.
    override_reason: Option<String>,
}

impl From<CommitteeUpdateInput> for Changes {
    fn from(input: CommitteeUpdateInput) -> Self {
        Self {
            title: input.title,
            theme: told(input.theme),
            aims: input.aims,
            agenda: input.agenda,
            duration_minutes: input.duration_minutes,
            mode: input.mode,
            place: told(input.place),
            link: told(input.link),
            results_analysed: input.results_analysed,
            ideas_gathered: input.ideas_gathered,
            override_reason: input.override_reason,
        }
    }
}

/// A field that may be left as it is (`None`), emptied (`Some(None)`) or written.
fn told(field: MaybeUndefined<String>) -> Option<Option<String>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(text) => Some(Some(text)),
    }
}

/// A committee to move.
#[derive(InputObject)]
pub struct CommitteeMoveInput {
    /// Global id of the committee.
    pub(super) id: ID,
    /// New start, in the future.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    pub(super) starts_at: DateTime<Utc>,
}

/// A committee to cancel.
#[derive(InputObject)]
pub struct CommitteeCancelInput {
    /// Global id of the committee.
    pub(super) id: ID,
    /// Why, in words that everybody invited will read.
    pub(super) reason: String,
}

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
    pub(super) token: String,
    /// The answer; that of the link when absent, as each e-mail has one link for each.
    pub(super) answer: Option<Answer>,
}

/// An elected official to write down.
#[derive(InputObject)]
pub struct ElectedOfficialSaveInput {
    /// Global id, to change one; absent, to add one.
    pub(super) id: Option<ID>,
    /// Name.
    name: String,
    /// Mandate, as « maire de Montarcy ».
    mandate: String,
    /// Where invitations go.
    email: String,
    /// Code of the département; one of the caller's structures'.
    department: String,
    /// Commune, when the mandate is of one.
    commune: Option<String>,
    /// Whether the mandate still runs.
    #[graphql(default = true)]
    active: bool,
}

impl From<ElectedOfficialSaveInput> for OfficialEntry {
    fn from(input: ElectedOfficialSaveInput) -> Self {
        Self {
            name: input.name,
            mandate: input.mandate,
            email: input.email,
            department: input.department,
            commune: input.commune,
            active: input.active,
        }
    }
}

/// Somebody who would take part in a next committee.
#[derive(InputObject)]
pub struct CandidateApplyInput {
    /// Code or global id of the structure.
    structure: ID,
    /// Name.
    name: String,
    /// Where an invitation would go.
    email: String,
    /// What the person wishes to say of themselves.
    about: Option<String>,
    /// Whether the person has read and agreed to the words of consent (`candidateConsent`).
    consent: bool,
}

impl From<CandidateApplyInput> for Application {
    fn from(input: CandidateApplyInput) -> Self {
        Self {
            structure: input.structure.0,
            name: input.name,
            email: input.email,
            about: input.about,
            consent: input.consent,
        }
    }
}
