//! Rows of incidents.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::tables::incident;

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
