//! The people of a committee.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::Committee;
use crate::prioritise::committee::rules::Seat;
use crate::tables::committee_participant;

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
    /// A letter to somebody of a committee.
    Letters {
        /// The invitation, or the promotion from the reserve.
        Invitation = "INVITATION",
        /// The event has another start.
        Moved = "MOVED",
        /// Its place, link or length changed.
        Changed = "CHANGED",
        /// It will not be held.
        Cancelled = "CANCELLED",
        /// First request for confirmation.
        First = "FIRST",
        /// Second one.
        Second = "SECOND",
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
pub(in super::super) struct NewParticipant {
    pub committee_id: i64,
    pub role: ParticipantRole,
    pub name: String,
    pub email: String,
    pub official_id: Option<i64>,
    pub candidate_id: Option<i64>,
    pub response: ParticipantResponse,
    pub created_at: DateTime<Utc>,
}
