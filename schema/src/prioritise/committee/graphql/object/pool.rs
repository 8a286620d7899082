//! Those who may be invited: elected officials, and candidates.

use async_graphql::{Description, ID, Object};
use chrono::{DateTime, Utc};

use crate::foundation::id;
use crate::prioritise::committee::model::{self, CandidateSource};

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
