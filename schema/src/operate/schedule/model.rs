//! What is planned.

use chrono::{DateTime, Utc};

use crate::operate::job::{Job, JobKind};

crate::text_enum! {
    /// What happens to ticks that came while every worker was down.
    MissedTicks {
        /// Each is caught up.
        All = "ALL",
        /// Only the latest is: it does the work of those before.
        Latest = "LATEST",
    }
}

/// Where a schedule begins on a database that does not know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// With the tick before now, so that a new installation does its work at once.
    PreviousTick,
    /// With the next tick.
    NextTick,
}

/// Something done again and again.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Its name, for ever: keys of jobs contain it.
    pub name: &'static str,
    /// Minute, hour, day of the month, month, day of the week; in Europe/Paris.
    pub cron: &'static str,
    /// The job of each tick; its payload is `{planned}`.
    pub kind: JobKind,
    /// What happens to ticks that came while every worker was down.
    pub missed: MissedTicks,
    /// Where it begins.
    pub beginning: Beginning,
}

/// Every schedule.
pub const SCHEDULES: &[Schedule] = &[
    Schedule {
        name: "remind_written_requests",
        cron: "0 8 * * *",
        kind: JobKind::RemindWrittenRequests,
        missed: MissedTicks::Latest,
        beginning: Beginning::PreviousTick,
    },
    Schedule {
        name: "purge_operations",
        cron: "30 3 * * *",
        kind: JobKind::PurgeOperations,
        missed: MissedTicks::Latest,
        beginning: Beginning::NextTick,
    },
    Schedule {
        name: "purge_committees",
        cron: "0 4 * * *",
        kind: JobKind::PurgeCommittees,
        missed: MissedTicks::Latest,
        beginning: Beginning::NextTick,
    },
    Schedule {
        name: "remind_api_tokens",
        cron: "15 8 * * *",
        kind: JobKind::RemindApiTokens,
        missed: MissedTicks::Latest,
        beginning: Beginning::NextTick,
    },
];

/// A schedule and where it stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The schedule.
    pub schedule: Schedule,
    /// Up to where every tick is a job or was merged into a later one; `None` before any worker ran.
    pub reached: Option<DateTime<Utc>>,
    /// The last tick that became a job; `None` before one did, and once the job is forgotten.
    pub last: Option<DateTime<Utc>>,
    /// The next tick.
    pub next: Option<DateTime<Utc>>,
    /// The job of the last tick, until it is forgotten.
    pub last_run: Option<Job>,
}
