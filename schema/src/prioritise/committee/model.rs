//! Rows of committees and the words they use.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::rules::Seat;
use crate::tables::{committee, committee_candidate, committee_participant, elected_official};

crate::text_enum! {
    /// A kind of committee; each has its own rules.
    CommitteeKind {
        /// Comité local de l'amélioration continue (DOMAIN §17).
        Local = "LOCAL",
        /// Comité d'écoute, or focus group (DOMAIN §18).
        Listening = "LISTENING",
    }
}

crate::text_enum! {
    /// How people take part.
    CommitteeMode {
        /// Présentiel.
        OnSite = "ON_SITE",
        /// Distanciel.
        Remote = "REMOTE",
        /// Either, as each prefers.
        Both = "BOTH",
    }
}

crate::text_enum! {
    /// Where a committee stands.
    CommitteeStatus {
        /// To come, or held and not closed yet.
        Planned = "PLANNED",
        /// Will not be held.
        Cancelled = "CANCELLED",
        /// Held, and its results written down.
        Closed = "CLOSED",
    }
}

crate::text_enum! {
    /// What somebody does in a committee.
    ParticipantRole {
        /// Usager volontaire.
        User = "USER",
        /// Élu de proximité.
        Elected = "ELECTED",
        /// Partenaire; beside the number of users (DOMAIN C37).
        Partner = "PARTNER",
        /// Agent who takes part.
        Agent = "AGENT",
        /// Animateur; never counted as a participant (DOMAIN C3).
        Facilitator = "FACILITATOR",
        /// Secrétaire; never counted as a participant (DOMAIN C3).
        Secretary = "SECRETARY",
        /// Superviseur; never counted as a participant (DOMAIN C3).
        Supervisor = "SUPERVISOR",
    }
}

crate::text_enum! {
    /// What somebody answered.
    ParticipantResponse {
        /// Invited, or to be; no answer yet.
        Pending = "PENDING",
        /// Comes, said before the request for confirmation.
        Accepted = "ACCEPTED",
        /// Comes, said at or after the request for confirmation.
        Confirmed = "CONFIRMED",
        /// Does not come.
        Declined = "DECLINED",
        /// Called when a place becomes free.
        Reserve = "RESERVE",
    }
}

crate::text_enum! {
    /// Where a candidate comes from.
    CandidateSource {
        /// The public form.
        Form = "FORM",
        /// An agent who knows the person.
        Agent = "AGENT",
    }
}

crate::text_enum! {
    /// Order of a list of committees.
    CommitteeOrder {
        /// Latest start first.
        Latest = "LATEST",
        /// Earliest start first.
        Earliest = "EARLIEST",
    }
}

impl CommitteeKind {
    /// Its French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Local => "comité local de l'amélioration continue",
            Self::Listening => "comité d'écoute",
        }
    }
}

impl ParticipantRole {
    /// Its French name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::User => "usager",
            Self::Elected => "élu",
            Self::Partner => "partenaire",
            Self::Agent => "agent",
            Self::Facilitator => "animateur",
            Self::Secretary => "secrétaire",
            Self::Supervisor => "superviseur",
        }
    }
}

/// A committee.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = committee, check_for_backend(diesel::pg::Pg))]
pub struct Committee {
    /// Row number.
    pub id: i64,
    /// The structure that holds it.
    pub structure_id: i64,
    /// Its kind.
    pub kind: CommitteeKind,
    /// Title.
    pub title: String,
    /// Theme; always there for a listening committee.
    pub theme: Option<String>,
    /// « Finalités ».
    pub aims: String,
    /// « Ordre du jour ».
    pub agenda: String,
    /// First prerequisite of a local committee: results and testimonies were analysed (DOMAIN §17.2).
    pub results_analysed: bool,
    /// Second one: first ideas were found in the team (DOMAIN §17.2).
    pub ideas_gathered: bool,
    /// Start, UTC.
    pub starts_at: DateTime<Utc>,
    /// Length in minutes.
    pub duration_minutes: i32,
    /// On site, remote or both.
    pub mode: CommitteeMode,
    /// Where, for those on site.
    pub place: Option<String>,
    /// Address of the meeting on line.
    pub link: Option<String>,
    /// Where it stands.
    pub status: CommitteeStatus,
    /// Why it will not be held.
    pub cancellation_reason: Option<String>,
    /// Why a composition outside the rule goes on all the same.
    pub override_reason: Option<String>,
    /// Version of the event, as calendars count it.
    pub sequence: i32,
    /// Account that organises it.
    pub organiser_id: i64,
    /// When it was planned, UTC.
    pub created_at: DateTime<Utc>,
    /// Last change, UTC.
    pub updated_at: DateTime<Utc>,
    /// How many people chose the priorities, when they were voted.
    pub voters: Option<i32>,
    /// When it was closed, UTC.
    pub closed_at: Option<DateTime<Utc>>,
    /// How many people were expected, of every role; known once it is closed.
    pub expected: Option<i32>,
    /// How many of them came; known once it is closed.
    pub came: Option<i32>,
    /// Why it was closed although something was missing from its minutes.
    pub closing_reason: Option<String>,
}

impl Committee {
    /// End, UTC.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.starts_at + TimeDelta::minutes(self.duration_minutes.into())
    }
}

/// A committee to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = committee)]
pub(super) struct NewCommittee {
    pub structure_id: i64,
    pub kind: CommitteeKind,
    pub title: String,
    pub theme: Option<String>,
    pub aims: String,
    pub agenda: String,
    pub results_analysed: bool,
    pub ideas_gathered: bool,
    pub starts_at: DateTime<Utc>,
    pub duration_minutes: i32,
    pub mode: CommitteeMode,
    pub place: Option<String>,
    pub link: Option<String>,
    pub status: CommitteeStatus,
    pub organiser_id: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Somebody of a committee.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = committee_participant, check_for_backend(diesel::pg::Pg))]
pub struct Participant {
    /// Row number.
    pub id: i64,
    /// The committee.
    pub committee_id: i64,
    /// What they do in it.
    pub role: ParticipantRole,
    /// Name, for the organisers and in the person's own e-mails only.
    pub name: String,
    /// Where invitations go.
    pub email: String,
    /// The elected official, if they are one.
    pub official_id: Option<i64>,
    /// The candidate, if they come from the pool.
    pub candidate_id: Option<i64>,
    /// What they answered.
    pub response: ParticipantResponse,
    /// The start for which they were last invited, UTC.
    pub invited_for: Option<DateTime<Utc>>,
    /// When that was, UTC.
    pub invited_at: Option<DateTime<Utc>>,
    /// When they last answered, UTC.
    pub responded_at: Option<DateTime<Utc>>,
    /// The words of consent they read, if they agreed.
    pub consent_wording: Option<String>,
    /// When they agreed, UTC.
    pub consented_at: Option<DateTime<Utc>>,
    /// Whether they came; `None` before it is written down.
    pub attended: Option<bool>,
    /// When they were put on the list, UTC.
    pub created_at: DateTime<Utc>,
}

impl Participant {
    /// The person's place in the event, as the rule of confirmations sees it.
    pub fn seat(&self, committee: &Committee) -> Seat {
        Seat {
            status: committee.status,
            starts_at: committee.starts_at,
            response: self.response,
            invited_for: self.invited_for,
            invited_at: self.invited_at,
        }
    }

    /// Whether they count for the composition: everybody but those who declined and the reserve.
    pub fn counts(&self) -> bool {
        !matches!(self.response, ParticipantResponse::Declined | ParticipantResponse::Reserve)
    }
}

/// Somebody to put on the list.
#[derive(Debug, Insertable)]
#[diesel(table_name = committee_participant)]
pub(super) struct NewParticipant {
    pub committee_id: i64,
    pub role: ParticipantRole,
    pub name: String,
    pub email: String,
    pub official_id: Option<i64>,
    pub candidate_id: Option<i64>,
    pub response: ParticipantResponse,
    pub created_at: DateTime<Utc>,
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

/// Narrows a list of committees. Conditions add up.
#[derive(Debug, Clone, Default)]
pub struct CommitteeFilter {
    /// This structure and all below it.
    pub below: Option<i64>,
    /// Of this kind.
    pub kind: Option<CommitteeKind>,
    /// In this state.
    pub status: Option<CommitteeStatus>,
    /// Starts at or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Starts before this instant.
    pub to: Option<DateTime<Utc>>,
    /// Changed at or after this instant.
    pub updated_since: Option<DateTime<Utc>>,
}
