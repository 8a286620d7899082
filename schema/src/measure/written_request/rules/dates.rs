//! The order in which the days of one request must stand.

use chrono::{Datelike, NaiveDate};

use crate::measure::written_request::error::Error;

/// Requests are not older than this year (ours): « 03/05/26 » read as the year 26 would otherwise be
/// overdue by two thousand years.
pub const EARLIEST_YEAR: i32 = 2000;

/// The days of one request, as somebody gave them.
#[derive(Debug, Clone, Copy)]
pub struct Dates {
    /// Reception.
    pub received_on: NaiveDate,
    /// Acknowledgement of receipt.
    pub acknowledged_on: Option<NaiveDate>,
    /// Final answer.
    pub answered_on: Option<NaiveDate>,
}

impl Dates {
    /// Everything that is wrong: days to come, before the reception, or an acknowledgement after the
    /// answer (DOMAIN C32).
    pub fn faults(self, today: NaiveDate) -> Vec<Error> {
        let Self { received_on, acknowledged_on, answered_on } = self;
        let mut faults = Vec::new();
        if received_on > today {
            faults.push(Error::ReceptionInFuture);
        }
        if received_on.year() < EARLIEST_YEAR {
            faults.push(Error::ReceptionTooOld);
        }
        if let Some(acknowledged_on) = acknowledged_on {
            if acknowledged_on > today {
                faults.push(Error::AcknowledgementInFuture);
            }
            if acknowledged_on < received_on {
                faults.push(Error::AcknowledgementBeforeReception);
            }
        }
        if let Some(answered_on) = answered_on {
            if answered_on > today {
                faults.push(Error::AnswerInFuture);
            }
            if answered_on < received_on {
                faults.push(Error::AnswerBeforeReception);
            } else if acknowledged_on.is_some_and(|acknowledged_on| acknowledged_on > answered_on) {
                faults.push(Error::AcknowledgementAfterAnswer);
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(received: &str, acknowledged: &str, answered: &str) -> Vec<Error> {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let today = day("2026-03-15").expect("a date");
        Dates {
            received_on: day(received).expect("a date"),
            acknowledged_on: day(acknowledged),
            answered_on: day(answered),
        }
        .faults(today)
    }

    #[test]
    fn today_is_accepted_and_tomorrow_is_not() {
        assert_eq!(faults("2026-03-15", "2026-03-15", "2026-03-15"), []);
        assert_eq!(faults("2026-03-16", "", ""), [Error::ReceptionInFuture]);
        assert_eq!(faults("2026-03-15", "2026-03-16", ""), [Error::AcknowledgementInFuture]);
        assert_eq!(faults("2026-03-15", "", "2026-03-16"), [Error::AnswerInFuture]);
    }

    #[test]
    fn days_follow_each_other() {
        assert_eq!(faults("2026-03-10", "2026-03-09", ""), [Error::AcknowledgementBeforeReception]);
        assert_eq!(faults("2026-03-10", "", "2026-03-09"), [Error::AnswerBeforeReception]);
        assert_eq!(
            faults("2026-03-10", "2026-03-12", "2026-03-11"),
            [Error::AcknowledgementAfterAnswer]
        );
        assert_eq!(faults("2026-03-10", "2026-03-11", "2026-03-11"), []);
    }

    #[test]
    fn a_year_of_two_digits_is_noticed() {
        assert_eq!(faults("0026-03-10", "", ""), [Error::ReceptionTooOld]);
        assert_eq!(faults("1999-12-31", "", ""), [Error::ReceptionTooOld]);
        assert_eq!(faults("2000-01-01", "", ""), []);
    }
}
