//! Those who may be invited: elected officials, and candidates.

use async_graphql::{ID, InputObject};

use crate::prioritise::committee::model::OfficialEntry;
use crate::prioritise::committee::service::Application;

/// An elected official to write down.
#[derive(InputObject)]
pub struct ElectedOfficialSaveInput {
    /// Global id, to change one; absent, to add one.
    pub(in super::super) id: Option<ID>,
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
