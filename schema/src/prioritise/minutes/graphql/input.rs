//! What the API is asked.

use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, Utc};

use crate::foundation::id;
use crate::prioritise::committee::model::{CommitteeFilter, CommitteeKind};
use crate::prioritise::minutes::model::{Choice, Origin, OutcomeKind, Section, Tone};
use crate::prioritise::minutes::service::{OriginEntry, OutcomeEntry, Recording};
use crate::reference::structure::graphql::named;

/// A chapter of the secretary's notes.
#[derive(InputObject)]
pub struct CommitteeNoteInput {
    /// Which chapter; one of the committee's kind, or of every synthesis.
    section: Section,
    /// Plain text with lines, at most 10,000 characters; empty, it takes the chapter away.
    text: String,
}

/// Something that was said, without anybody's name.
#[derive(InputObject)]
pub struct CommitteeVerbatimInput {
    /// Praise or complaint.
    tone: Tone,
    /// The words, at most 1,000 characters.
    text: String,
}

/// An idea or expectation.
#[derive(InputObject)]
pub struct CommitteeIdeaInput {
    /// The idea, at most 500 characters.
    text: String,
    /// The heading under which similar ideas were put together, at most 100 characters.
    heading: Option<String>,
}

/// What a priority or decision came from.
#[derive(InputObject)]
pub struct CommitteeOriginInput {
    /// Which kind of origin; it says which of the next fields is needed.
    kind: Origin,
    /// With IDEA: rank of the idea in this committee, from 1.
    idea: Option<i32>,
    /// With TESTIMONY: global id of a testimony that you may read.
    testimony: Option<ID>,
    /// With COMMITTEE: global id of another committee, closed.
    committee: Option<ID>,
    /// With TEAM, what the team had found; with the others, a remark. At most 500 characters.
    note: Option<String>,
}

/// A priority or a decision.
#[derive(InputObject)]
pub struct CommitteeOutcomeInput {
    /// Priority or decision.
    kind: OutcomeKind,
    /// What was chosen, at most 500 characters.
    text: String,
    /// How it was chosen.
    choice: Choice,
    /// Votes for it, no more than the voters; needed with VOTED, absent with AGREED.
    votes: Option<i32>,
    /// What it came from.
    origin: CommitteeOriginInput,
}

/// Whether somebody came.
#[derive(InputObject)]
pub struct CommitteeAttendanceInput {
    /// Global id of somebody on the list.
    participant: ID,
    /// Whether they came.
    attended: bool,
}

/// What to write down of a committee. What is absent stays; a list replaces the whole list.
#[derive(InputObject)]
pub struct CommitteeRecordInput {
    /// Global id of the committee.
    id: ID,
    /// Title, when it must change before everybody reads it; it may name nobody on the list.
    title: Option<String>,
    /// Theme, as the title.
    theme: Option<String>,
    /// Chapters of notes; those not given stay.
    #[graphql(default, validator(max_items = 12))]
    notes: Vec<CommitteeNoteInput>,
    /// What was said, at most 100.
    #[graphql(validator(max_items = 100))]
    verbatims: Option<Vec<CommitteeVerbatimInput>>,
    /// Ideas, at most 200.
    #[graphql(validator(max_items = 200))]
    ideas: Option<Vec<CommitteeIdeaInput>>,
    /// Priorities and decisions, at most 50.
    #[graphql(validator(max_items = 50))]
    outcomes: Option<Vec<CommitteeOutcomeInput>>,
    /// How many people voted; at least 1, at most as many as are on the list.
    #[graphql(validator(minimum = 1, maximum = 1000))]
    voters: Option<i32>,
    /// Who came; those not given stay.
    #[graphql(default, validator(max_items = 100))]
    attendance: Vec<CommitteeAttendanceInput>,
}

impl From<CommitteeRecordInput> for Recording {
    fn from(input: CommitteeRecordInput) -> Self {
        let row = |kind, given: &ID| id::number_of(kind, given).unwrap_or_default();
        let outcome = |entry: CommitteeOutcomeInput| OutcomeEntry {
            kind: entry.kind,
            body: entry.text,
            choice: entry.choice,
            votes: entry.votes,
            origin: OriginEntry {
                kind: entry.origin.kind,
                idea: entry.origin.idea,
                testimony: entry.origin.testimony.map(|given| row("Testimony", &given)),
                committee: entry.origin.committee.map(|given| row("Committee", &given)),
                note: entry.origin.note.filter(|note| !note.trim().is_empty()),
            },
        };
        Self {
            id: row("Committee", &input.id),
            title: input.title,
            theme: input.theme,
            notes: input.notes.into_iter().map(|note| (note.section, note.text)).collect(),
            verbatims: input
                .verbatims
                .map(|given| given.into_iter().map(|v| (v.tone, v.text)).collect()),
            ideas: input
                .ideas
                .map(|given| given.into_iter().map(|idea| (idea.text, idea.heading)).collect()),
            outcomes: input.outcomes.map(|given| given.into_iter().map(outcome).collect()),
            voters: input.voters,
            attendance: input
                .attendance
                .iter()
                .map(|entry| (row("CommitteeParticipant", &entry.participant), entry.attended))
                .collect(),
        }
    }
}

/// A committee to close.
#[derive(InputObject)]
pub struct CommitteeCloseInput {
    /// Global id of the committee.
    pub(super) id: ID,
    /// Why it is closed although something is missing from its minutes.
    pub(super) override_reason: Option<String>,
}

/// Narrows a list of summaries. Conditions add up.
#[derive(InputObject, Default)]
pub struct CommitteeSummaryFilterInput {
    /// Code or global id of a structure; with all below it.
    structure: Option<ID>,
    /// Of this kind.
    kind: Option<CommitteeKind>,
    /// Started at or after this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    from: Option<DateTime<Utc>>,
    /// Started before this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    to: Option<DateTime<Utc>>,
}

impl CommitteeSummaryFilterInput {
    /// Looks the structure up and gives the domain's filter.
    pub(super) async fn resolve(self, ctx: &Context<'_>) -> Result<CommitteeFilter> {
        Ok(CommitteeFilter {
            below: named(ctx, self.structure).await?,
            kind: self.kind,
            from: self.from,
            to: self.to,
            ..CommitteeFilter::default()
        })
    }
}
