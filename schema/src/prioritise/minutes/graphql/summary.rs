//! What everybody may read of a committee that was held.

use async_graphql::{Context, Description, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::object::{CommitteeIdea, CommitteeNote, CommitteeOutcome, CommitteeVerbatim};
use crate::foundation::id;
use crate::graphql::context::app;
use crate::prioritise::committee::model::{Committee, CommitteeKind};
use crate::prioritise::minutes::model::Minutes;
use crate::prioritise::minutes::rules::is_public;
use crate::reference::structure::graphql::{Structure, load};

/// What everybody may read of a committee that was held and closed: no name, and no notes of its phases.
#[derive(Clone, Description)]
pub struct CommitteeSummary {
    pub(super) committee: Committee,
    pub(super) minutes: Minutes,
}

#[Object(use_type_description)]
impl CommitteeSummary {
    /// Global id of the committee.
    async fn committee(&self) -> ID {
        id::global("Committee", self.committee.id)
    }
    /// Its kind.
    async fn kind(&self) -> CommitteeKind {
        self.committee.kind
    }
    /// Title, plain text.
    async fn title(&self) -> &str {
        &self.committee.title
    }
    /// Theme; always there for a listening committee.
    async fn theme(&self) -> Option<&str> {
        self.committee.theme.as_deref()
    }
    /// When it started, UTC.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.committee.starts_at
    }
    /// When its minutes were closed, UTC.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.committee.closed_at
    }
    /// The structure that held it.
    async fn structure(&self, ctx: &Context<'_>) -> Result<Structure> {
        load(ctx, self.committee.structure_id).await
    }
    /// How many people came, of `expected`.
    async fn came(&self) -> i32 {
        self.committee.came.unwrap_or_default()
    }
    /// How many people were expected.
    async fn expected(&self) -> i32 {
        self.committee.expected.unwrap_or_default()
    }
    /// The chapters of the synthesis that were written, in order.
    async fn notes(&self) -> Vec<CommitteeNote> {
        let notes = self.minutes.notes.iter();
        notes.filter(|note| is_public(note.section)).map(Into::into).collect()
    }
    /// What was said, word for word and without a name.
    async fn verbatims(&self) -> Vec<CommitteeVerbatim> {
        self.minutes.verbatims.iter().map(Into::into).collect()
    }
    /// Ideas and expectations.
    async fn ideas(&self) -> Vec<CommitteeIdea> {
        self.minutes.ideas.iter().map(Into::into).collect()
    }
    /// Priorities and decisions.
    async fn outcomes(&self) -> Vec<CommitteeOutcome> {
        self.minutes.outcomes.iter().cloned().map(Into::into).collect()
    }
    /// How many people voted: what votes are counted of; null when nothing was voted.
    async fn voters(&self) -> Option<i32> {
        self.committee.voters
    }
    /// Address of its page; the same with `.pdf` at the end is the file to print. Both are there moments after
    /// the committee was closed.
    async fn url(&self, ctx: &Context<'_>) -> String {
        let url = &app(ctx).settings.public_url;
        format!("{url}/comites/{}", self.committee.id)
    }
}
