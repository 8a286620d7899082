//! The event.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::tables::committee;

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
pub(in super::super) struct NewCommittee {
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
