//! Rows of incidents.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::tables::{incident, incident_watch};

crate::text_enum! {
    /// What is out of order.
    IncidentKind {
        /// The oldest due job of a queue waits too long.
        QueueLate = "QUEUE_LATE",
        /// A schedule did not start, or did not end, when it should have.
        ScheduleMissed = "SCHEDULE_MISSED",
        /// Jobs of a kind failed for good and wait for an operator.
        JobsDead = "JOBS_DEAD",
        /// Messages are refused, or tried again and again.
        MailFailing = "MAIL_FAILING",
    }
}

/// Something out of order, until it is over.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = incident, check_for_backend(diesel::pg::Pg))]
pub struct Incident {
    /// Row number.
    pub id: i64,
    /// What is out of order.
    pub kind: IncidentKind,
    /// The queue, the schedule, the kind of job; empty for e-mail as a whole.
    pub subject: String,
    /// The worst that was seen: seconds of delay, or how many.
    pub figure: i64,
    /// When it was first seen, UTC.
    pub opened_at: DateTime<Utc>,
    /// When it was last seen, UTC.
    pub seen_at: DateTime<Utc>,
    /// When it was over, UTC.
    pub closed_at: Option<DateTime<Utc>>,
    /// The number that operators know of: what they were told last, or less when it has fallen since.
    pub told: i64,
    /// How often they were told that there is much more of it.
    pub growths: i32,
}

/// What a look changes in an open incident.
#[derive(Debug, Clone, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = incident)]
pub struct Sight {
    /// The worst that was seen.
    pub figure: i64,
    /// The number that operators know of.
    pub told: i64,
    /// How often they were told that there is much more of it.
    pub growths: i32,
    /// When it was last seen, UTC.
    pub seen_at: DateTime<Utc>,
}

/// When somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = incident_watch, check_for_backend(diesel::pg::Pg))]
pub struct Watch {
    /// When somebody last looked, UTC.
    pub watched_at: DateTime<Utc>,
    /// Since when looks follow each other without a gap, UTC.
    pub steady_since: DateTime<Utc>,
}

/// There is much more of something than operators know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    /// Which of several times, from 1.
    pub time: i32,
    /// How many there were.
    pub figure: i64,
}

/// What operators are told about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It began.
    Began,
    /// There is much more of it.
    Grew(Growth),
    /// It is over.
    Over,
}

impl News {
    /// Which of the messages about the incident it is, for the ledger.
    pub fn stage(self) -> String {
        match self {
            Self::Began => "BEGAN".to_owned(),
            Self::Grew(growth) => format!("GREW_{}", growth.time),
            Self::Over => "OVER".to_owned(),
        }
    }
}

/// Something out of order at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is out of order.
    pub kind: IncidentKind,
    /// The queue, the schedule, the kind of job; empty for e-mail as a whole.
    pub subject: String,
    /// Seconds of delay, or how many.
    pub figure: i64,
}
