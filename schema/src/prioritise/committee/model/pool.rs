//! Those who may be invited: elected officials, and candidates.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::tables::{committee_candidate, elected_official};

crate::text_enum! {
    /// Where a candidate comes from.
    CandidateSource {
        /// The public form.
        Form = "FORM",
        /// An agent who knows the person.
        Agent = "AGENT",
    }
}

/// An elected official of a territory.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = elected_official, check_for_backend(diesel::pg::Pg))]
pub struct ElectedOfficial {
    /// Row number.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Mandate, as « maire de Montarcy ».
    pub mandate: String,
    /// Where invitations go.
    pub email: String,
    /// Code of the département.
    pub department: String,
    /// Commune, when the mandate is of one.
    pub commune: Option<String>,
    /// Whether the mandate still runs.
    pub active: bool,
    /// When the official was written down, UTC.
    pub created_at: DateTime<Utc>,
    /// Last change, UTC.
    pub updated_at: DateTime<Utc>,
}

/// An official as somebody writes it down.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = elected_official, treat_none_as_null = true)]
pub struct OfficialEntry {
    /// Name.
    pub name: String,
    /// Mandate.
    pub mandate: String,
    /// Where invitations go.
    pub email: String,
    /// Code of the département.
    pub department: String,
    /// Commune.
    pub commune: Option<String>,
    /// Whether the mandate still runs.
    pub active: bool,
}

/// Somebody who would take part in a next committee.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = committee_candidate, check_for_backend(diesel::pg::Pg))]
pub struct CommitteeCandidate {
    /// Row number.
    pub id: i64,
    /// The structure they apply to.
    pub structure_id: i64,
    /// Name.
    pub name: String,
    /// Where an invitation would go.
    pub email: String,
    /// Where they come from.
    pub source: CandidateSource,
    /// What they said of themselves.
    pub about: Option<String>,
    /// The words of consent they read.
    pub consent_wording: String,
    /// When they agreed, UTC.
    pub consented_at: DateTime<Utc>,
    /// When they applied, UTC.
    pub created_at: DateTime<Utc>,
}
