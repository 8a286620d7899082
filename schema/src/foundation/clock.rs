//! The only place that reads the time. Everything else is told the time, so that tests can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::calendar;

/// Gives the current instant (UTC) and the current business day (Europe/Paris).
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Microseconds since 1970, when somebody moves the time by hand; the system's time otherwise.
    held: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still at `start` until [`Clock::advance`] or [`Clock::set`] moves it.
    pub fn held_at(start: DateTime<Utc>) -> Self {
        Self { held: Some(Arc::new(AtomicI64::new(start.timestamp_micros()))) }
    }

    /// The current instant, rounded to the microsecond as PostgreSQL keeps it.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.held {
            Some(held) => held.load(Ordering::SeqCst),
            None => Utc::now().timestamp_micros(),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Today's calendar day in Europe/Paris, the day all deadlines are counted in.
    pub fn today(&self) -> NaiveDate {
        calendar::day_in_paris(self.now())
    }

    /// Moves a held clock forward; a system clock does not move.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(held) = &self.held {
            held.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// Puts a held clock at an instant; a system clock does not move.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Some(held) = &self.held {
            held.store(to.timestamp_micros(), Ordering::SeqCst);
        }
    }
}
