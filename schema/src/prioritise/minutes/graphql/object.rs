//! Minutes and their parts.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};

use crate::foundation::id;
use crate::graphql::context::{answer, app, caller};
use crate::listen::testimony::graphql::Testimony;
use crate::listen::testimony::service as testimonies;
use crate::prioritise::committee::model::Committee;
use crate::prioritise::minutes::model::{
    self, Choice, Minutes, Origin, OutcomeKind, Section, Tone,
};
use crate::prioritise::minutes::rules;

/// What was said at a committee, without anybody's name, and what came of it.
#[derive(Clone, Description)]
pub struct CommitteeMinutes {
    pub(crate) committee: Committee,
    pub(crate) minutes: Minutes,
}

#[Object(use_type_description)]
impl CommitteeMinutes {
    /// The phases of this kind of committee, in order: five for a listening committee.
    async fn phases(&self) -> &[Section] {
        rules::phases(self.committee.kind)
    }
    /// The chapters that were written, in order.
    async fn notes(&self) -> Vec<CommitteeNote> {
        self.minutes.notes.iter().map(Into::into).collect()
    }
    /// What was said, word for word.
    async fn verbatims(&self) -> Vec<CommitteeVerbatim> {
        self.minutes.verbatims.iter().map(Into::into).collect()
    }
    /// Ideas and expectations.
    async fn ideas(&self) -> Vec<CommitteeIdea> {
        self.minutes.ideas.iter().map(Into::into).collect()
    }
    /// Priorities and decisions, in the order in which they were written down.
    async fn outcomes(&self) -> Vec<CommitteeOutcome> {
        self.minutes.outcomes.iter().cloned().map(Into::into).collect()
    }
    /// How many people voted: what votes are counted of; null when nothing was voted.
    async fn voters(&self) -> Option<i32> {
        self.committee.voters
    }
}

/// A chapter of the secretary's notes.
#[derive(SimpleObject)]
pub struct CommitteeNote {
    /// Which chapter.
    section: Section,
    /// Its French heading.
    label: &'static str,
    /// Plain text with lines.
    text: String,
}

impl From<&model::Note> for CommitteeNote {
    fn from(row: &model::Note) -> Self {
        Self { section: row.section, label: row.section.label(), text: row.body.clone() }
    }
}

/// Something that was said, without anybody's name.
#[derive(SimpleObject)]
pub struct CommitteeVerbatim {
    /// Praise or complaint.
    tone: Tone,
    /// The words, plain text.
    text: String,
}

impl From<&model::Verbatim> for CommitteeVerbatim {
    fn from(row: &model::Verbatim) -> Self {
        Self { tone: row.tone, text: row.body.clone() }
    }
}

/// An idea or expectation.
#[derive(SimpleObject)]
pub struct CommitteeIdea {
    /// Place in the list, from 1.
    rank: i32,
    /// The idea, plain text.
    text: String,
    /// The heading under which similar ideas were put together; null when it stands alone.
    heading: Option<String>,
}

impl From<&model::Idea> for CommitteeIdea {
    fn from(row: &model::Idea) -> Self {
        Self { rank: row.rank, text: row.body.clone(), heading: row.heading.clone() }
    }
}

/// A priority or a decision of a committee.
#[derive(Clone, Description)]
pub struct CommitteeOutcome(model::Outcome);

impl From<model::Outcome> for CommitteeOutcome {
    fn from(row: model::Outcome) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl CommitteeOutcome {
    /// Opaque global id. It changes while the minutes do, and stays once the committee is closed.
    pub async fn id(&self) -> ID {
        id::global("CommitteeOutcome", self.0.id)
    }
    /// Priority or decision.
    async fn kind(&self) -> OutcomeKind {
        self.0.kind
    }
    /// What was chosen, plain text.
    async fn text(&self) -> &str {
        &self.0.body
    }
    /// How it was chosen.
    async fn choice(&self) -> Choice {
        self.0.choice
    }
    /// Votes for it, of the `voters` of the minutes; null when agreed.
    async fn votes(&self) -> Option<i32> {
        self.0.votes
    }
    /// What it came from.
    async fn origin(&self) -> Origin {
        self.0.origin
    }
    /// What it came from, in words; null when nothing was added.
    async fn origin_note(&self) -> Option<&str> {
        self.0.origin_note.as_deref()
    }
    /// Rank of the idea it came from; null for another origin.
    async fn origin_idea(&self) -> Option<i32> {
        self.0.idea_rank
    }
    /// The testimony it came from; null for another origin, and when you may not read it.
    async fn origin_testimony(&self, ctx: &Context<'_>) -> Result<Option<Testimony>> {
        let Some(id) = self.0.testimony_id else { return Ok(None) };
        let found = testimonies::by_id(app(ctx), caller(ctx), id).await;
        Ok(found.map_err(|e| answer(ctx, e))?.map(Into::into))
    }
    /// Global id of the committee it came from; null for another origin.
    async fn origin_committee(&self) -> Option<ID> {
        self.0.origin_committee_id.map(|row| id::global("Committee", row))
    }
}
