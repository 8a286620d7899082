//! The event, and what hangs on it.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Description, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::{CommitteeComposition, CommitteeParticipant};
use crate::foundation::id;
use crate::foundation::policy::{Action, Scope};
use crate::graphql::context::{answer, app, caller};
use crate::graphql::loaders::{MinutesLoader, ParticipantLoader, StructureLoader};
use crate::prioritise::committee::model::{
    self, CommitteeFilter, CommitteeKind, CommitteeMode, CommitteeStatus,
};
use crate::prioritise::committee::rules::DURATION_MINUTES;
use crate::prioritise::committee::service;
use crate::prioritise::minutes::graphql::CommitteeMinutes;
use crate::prioritise::minutes::service as minutes;
use crate::reference::structure::graphql::{Structure, load, shared};

/// A local committee of continuous improvement, or a listening committee. Instants are UTC.
#[derive(Clone, Description)]
pub struct Committee(model::Committee);

impl From<model::Committee> for Committee {
    fn from(row: model::Committee) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Committee {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Committee", self.0.id)
    }
    /// Its kind.
    async fn kind(&self) -> CommitteeKind {
        self.0.kind
    }
    /// Title, plain text.
    async fn title(&self) -> &str {
        &self.0.title
    }
    /// Theme; always there for a listening committee.
    async fn theme(&self) -> Option<&str> {
        self.0.theme.as_deref()
    }
    /// « Finalités », plain text.
    async fn aims(&self) -> &str {
        &self.0.aims
    }
    /// « Ordre du jour », plain text.
    async fn agenda(&self) -> &str {
        &self.0.agenda
    }
    /// Whether results, indicators and testimonies were analysed: first prerequisite of a local committee.
    async fn results_analysed(&self) -> bool {
        self.0.results_analysed
    }
    /// Whether first ideas were found in the team: second prerequisite of a local committee.
    async fn ideas_gathered(&self) -> bool {
        self.0.ideas_gathered
    }
    /// Start.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }
    /// End.
    async fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at()
    }
    /// Length in minutes; 90 to 120 are recommended.
    async fn duration_minutes(&self) -> i32 {
        self.0.duration_minutes
    }
    /// What to think about, in French: a length outside 90 to 120 minutes.
    async fn warnings(&self) -> Vec<String> {
        let length = self.0.duration_minutes;
        if DURATION_MINUTES.contains(&length) {
            return vec![];
        }
        let (least, most) = (DURATION_MINUTES.start(), DURATION_MINUTES.end());
        vec![format!("{length} minutes : de {least} à {most} minutes sont recommandées.")]
    }
    /// On site, remote or both.
    async fn mode(&self) -> CommitteeMode {
        self.0.mode
    }
    /// Where, for those on site.
    async fn place(&self) -> Option<&str> {
        self.0.place.as_deref()
    }
    /// Address of the meeting on line.
    async fn link(&self) -> Option<&str> {
        self.0.link.as_deref()
    }
    /// Where it stands.
    async fn status(&self) -> CommitteeStatus {
        self.0.status
    }
    /// Why it will not be held; null otherwise.
    async fn cancellation_reason(&self) -> Option<&str> {
        self.0.cancellation_reason.as_deref()
    }
    /// Why a composition outside the rule goes on all the same; null otherwise.
    async fn override_reason(&self) -> Option<&str> {
        self.0.override_reason.as_deref()
    }
    /// The structure that holds it.
    async fn structure(&self, ctx: &Context<'_>) -> Result<Structure> {
        load(ctx, self.0.structure_id).await
    }
    /// How many people of each kind are expected, and what the rule says of it. Those who declined and the
    /// reserve do not count, nor do facilitator, secretary, supervisor and partners.
    async fn composition(&self, ctx: &Context<'_>) -> Result<CommitteeComposition> {
        let people = self.people(ctx).await?;
        Ok(CommitteeComposition::of(self.0.kind, &people))
    }
    /// The people, in the order in which they were put on the list; null for those who do not organise
    /// committees of the structure.
    async fn participants(&self, ctx: &Context<'_>) -> Result<Option<Vec<CommitteeParticipant>>> {
        let reached = caller(ctx).actor.reached(Action::OrganiseCommittees);
        if !reached.covers(&self.path(ctx).await?) {
            return Ok(None);
        }
        Ok(Some(self.people(ctx).await?.into_iter().map(Into::into).collect()))
    }
    /// What was said and what came of it; null for those who do not organise committees of the structure,
    /// until it is closed.
    async fn minutes(&self, ctx: &Context<'_>) -> Result<Option<CommitteeMinutes>> {
        if !minutes::visible(caller(ctx), &self.0, &self.path(ctx).await?) {
            return Ok(None);
        }
        let loader = ctx.data_unchecked::<DataLoader<MinutesLoader>>();
        let found = Box::pin(loader.load_one(self.0.id)).await.map_err(|e| shared(ctx, &e))?;
        let (committee, minutes) = (self.0.clone(), found.unwrap_or_default());
        Ok(Some(CommitteeMinutes { committee, minutes }))
    }
    /// Address of the synthesis for those who may read the committee, to be asked for with the token of the
    /// session; the same with `.pdf` at the end is the file to print. Null until it is closed; both are there
    /// moments after.
    async fn synthesis_url(&self, ctx: &Context<'_>) -> Option<String> {
        let url = &app(ctx).settings.public_url;
        self.0.closed_at.map(|_| format!("{url}/comites/{}/synthese", self.0.id))
    }
    /// When its minutes were closed; null before.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }
    /// Why it was closed although something was missing from its minutes; null otherwise.
    async fn closing_reason(&self) -> Option<&str> {
        self.0.closing_reason.as_deref()
    }
    /// How many people came, of `expected`; null until it is closed.
    async fn came(&self) -> Option<i32> {
        self.0.came
    }
    /// How many people were expected, of every role; null until it is closed.
    async fn expected(&self) -> Option<i32> {
        self.0.expected
    }
    /// When it was planned.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
    /// Last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

impl Committee {
    /// The structure with its ancestors, for rights that differ within one object.
    async fn path(&self, ctx: &Context<'_>) -> Result<Vec<i64>> {
        let loader = ctx.data_unchecked::<DataLoader<StructureLoader>>();
        let found =
            Box::pin(loader.load_one(self.0.structure_id)).await.map_err(|e| shared(ctx, &e))?;
        Ok(found.map(|structure| structure.path.clone()).unwrap_or_default())
    }

    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<model::Participant>> {
        let loader = ctx.data_unchecked::<DataLoader<ParticipantLoader>>();
        let people = Box::pin(loader.load_one(self.0.id)).await.map_err(|e| shared(ctx, &e))?;
        Ok(people.unwrap_or_default())
    }
}

/// What a page of committees knows beside its edges.
pub struct CommitteeTotal {
    pub(in super::super) scope: Scope,
    pub(in super::super) filter: CommitteeFilter,
}

#[Object]
impl CommitteeTotal {
    /// How many committees the filter keeps in all; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), &self.scope, &self.filter).await.map_err(|e| answer(ctx, e))
    }
}
