//! A committee and its people.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::foundation::id;
use crate::foundation::policy::Action;
use crate::graphql::context::{answer, app, caller};
use crate::graphql::loaders::{MinutesLoader, ParticipantLoader, StructureLoader};
use crate::prioritise::committee::model::{
    self, CandidateSource, CommitteeFilter, CommitteeKind, CommitteeMode, CommitteeStatus,
    ParticipantResponse, ParticipantRole,
};
use crate::prioritise::committee::rules::{
    self, DURATION_MINUTES, FindingCode, FindingSeverity, Headcount,
};
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
        let count = Headcount::expected(&people);
        let whole = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        let findings = rules::findings(self.0.kind, count);
        Ok(CommitteeComposition {
            users: whole(count.users),
            elected: whole(count.elected),
            agents: whole(count.agents),
            findings: findings
                .iter()
                .map(|finding| CommitteeFinding {
                    code: finding.code,
                    severity: finding.severity,
                    message: finding.message(),
                })
                .collect(),
        })
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
        let url = app(ctx).settings.public_url.trim_end_matches('/');
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

/// How many people are expected, and what the rule says of it.
#[derive(SimpleObject)]
pub struct CommitteeComposition {
    /// Users.
    users: i32,
    /// Elected officials.
    elected: i32,
    /// Agents who take part as participants.
    agents: i32,
    /// What the rule says; empty when all is well.
    findings: Vec<CommitteeFinding>,
}

/// One remark about a composition.
#[derive(SimpleObject)]
pub struct CommitteeFinding {
    /// What it is.
    code: FindingCode,
    /// How far it goes.
    severity: FindingSeverity,
    /// What to do, in French.
    message: String,
}

/// Somebody of a committee. Instants are UTC.
#[derive(Clone, Description)]
pub struct CommitteeParticipant(model::Participant);

impl From<model::Participant> for CommitteeParticipant {
    fn from(row: model::Participant) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl CommitteeParticipant {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("CommitteeParticipant", self.0.id)
    }
    /// What they do in it.
    async fn role(&self) -> ParticipantRole {
        self.0.role
    }
    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Where invitations go.
    async fn email(&self) -> &str {
        &self.0.email
    }
    /// What they answered.
    async fn response(&self) -> ParticipantResponse {
        self.0.response
    }
    /// When they were last invited; null before.
    async fn invited_at(&self) -> Option<DateTime<Utc>> {
        self.0.invited_at
    }
    /// When they last answered; null before.
    async fn responded_at(&self) -> Option<DateTime<Utc>> {
        self.0.responded_at
    }
    /// When they agreed to the words of consent; null before.
    async fn consented_at(&self) -> Option<DateTime<Utc>> {
        self.0.consented_at
    }
    /// Whether they came; null before it is written down.
    async fn attended(&self) -> Option<bool> {
        self.0.attended
    }
}

/// What a page of committees knows beside its edges.
pub struct CommitteeTotal {
    pub(super) filter: CommitteeFilter,
}

#[Object]
impl CommitteeTotal {
    /// How many committees the filter keeps in all; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), caller(ctx), &self.filter).await.map_err(|e| answer(ctx, e))
    }
}

/// An elected official of a territory, shared by the structures of the département.
#[derive(Clone, Description)]
pub struct ElectedOfficial(model::ElectedOfficial);

impl From<model::ElectedOfficial> for ElectedOfficial {
    fn from(row: model::ElectedOfficial) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl ElectedOfficial {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("ElectedOfficial", self.0.id)
    }
    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Mandate, as « maire de Montarcy ».
    async fn mandate(&self) -> &str {
        &self.0.mandate
    }
    /// Where invitations go.
    async fn email(&self) -> &str {
        &self.0.email
    }
    /// Code of the département.
    async fn department(&self) -> &str {
        &self.0.department
    }
    /// Commune, when the mandate is of one.
    async fn commune(&self) -> Option<&str> {
        self.0.commune.as_deref()
    }
    /// Whether the mandate still runs.
    async fn active(&self) -> bool {
        self.0.active
    }
}

/// Somebody who would take part in a next committee.
#[derive(Clone, Description)]
pub struct CommitteeCandidate(model::CommitteeCandidate);

impl From<model::CommitteeCandidate> for CommitteeCandidate {
    fn from(row: model::CommitteeCandidate) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl CommitteeCandidate {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("CommitteeCandidate", self.0.id)
    }
    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Where an invitation would go.
    async fn email(&self) -> &str {
        &self.0.email
    }
    /// Where they come from.
    async fn source(&self) -> CandidateSource {
        self.0.source
    }
    /// What they said of themselves; null when nothing.
    async fn about(&self) -> Option<&str> {
        self.0.about.as_deref()
    }
    /// When they applied, UTC.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
