//! The people of a committee.

use async_graphql::{Description, ID, Object};
use chrono::{DateTime, Utc};

use crate::foundation::id;
use crate::prioritise::committee::model::{self, ParticipantResponse, ParticipantRole};

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
