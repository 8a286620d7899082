//! Delays, limits and states, by DOMAIN C1 and C2. The delay sampling of DOMAIN §21 counts the same way.

use chrono::{Days, NaiveDate};

use crate::measure::written_request::model::WrittenRequestState;

/// Calendar days within which an answer is in time. Source: DOMAIN C1 (« supérieur à 14 jours »).
pub const ANSWER_LIMIT_DAYS: i64 = 14;
/// The cumulative rates: answers in less than 8 (« délai Marianne »), 15 and 30 days. Source: DOMAIN C1.
pub const UNDER_DAYS: [i64; 3] = [8, 15, 30];

/// Calendar days from reception to answer; an answer on the same day counts 1. Source: DOMAIN C2.
///
/// Both are days of Europe/Paris already, so no clock change can add or take one.
pub fn delay_days(received_on: NaiveDate, answered_on: NaiveDate) -> i64 {
    (answered_on - received_on).num_days().max(1)
}

/// The last day on which an answer is in time.
pub fn due_on(received_on: NaiveDate) -> NaiveDate {
    received_on
        .checked_add_days(Days::new(ANSWER_LIMIT_DAYS.unsigned_abs()))
        .unwrap_or(NaiveDate::MAX)
}

/// Where a request stands on a day. An acknowledgement of receipt changes nothing: only the final
/// answer stops the clock.
pub fn state(
    today: NaiveDate,
    due_on: NaiveDate,
    answered_on: Option<NaiveDate>,
) -> WrittenRequestState {
    match answered_on {
        Some(answered_on) if answered_on <= due_on => WrittenRequestState::Answered,
        Some(_) => WrittenRequestState::AnsweredLate,
        None if today <= due_on => WrittenRequestState::InProgress,
        None => WrittenRequestState::Overdue,
    }
}

/// A mean rounded to one decimal, half up; `None` when there is nothing to divide by.
#[allow(clippy::cast_precision_loss)] // days stay far below 2^52
pub fn mean(total: i64, count: i64) -> Option<f64> {
    (count > 0).then(|| ((20 * total + count) / (2 * count)) as f64 / 10.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn after(received: NaiveDate, days: u64) -> NaiveDate {
        received + Days::new(days)
    }

    #[test]
    fn the_same_day_counts_one_and_so_does_the_next() {
        let received = day("2026-03-02");
        assert_eq!(delay_days(received, received), 1);
        assert_eq!(delay_days(received, day("2026-03-03")), 1);
        assert_eq!(delay_days(received, day("2026-03-04")), 2);
    }

    #[test]
    fn each_threshold_falls_between_its_two_days() {
        // A winter day, and days whose following weeks hold each change of clock.
        for received in ["2026-01-05", "2026-03-20", "2026-03-29", "2026-10-20", "2026-10-25"] {
            let received = day(received);
            for (days, threshold, under) in [
                (7, 8, true),
                (8, 8, false),
                (14, 15, true),
                (15, 15, false),
                (29, 30, true),
                (30, 30, false),
            ] {
                let delay = delay_days(received, after(received, days));
                assert_eq!(delay < threshold, under, "{received} + {days}");
            }
        }
    }

    #[test]
    fn the_fourteenth_day_is_in_time_and_the_fifteenth_is_not() {
        let received = day("2026-03-20"); // summer time starts on the 29th
        let due = due_on(received);
        assert_eq!(due, day("2026-04-03"));
        let open = |days| state(after(received, days), due, None);
        assert_eq!(open(14), WrittenRequestState::InProgress);
        assert_eq!(open(15), WrittenRequestState::Overdue);
        let answered = |days| state(after(received, 90), due, Some(after(received, days)));
        assert_eq!(answered(0), WrittenRequestState::Answered);
        assert_eq!(answered(14), WrittenRequestState::Answered);
        assert_eq!(answered(15), WrittenRequestState::AnsweredLate);
    }

    #[test]
    fn a_mean_rounds_half_up_to_one_decimal() {
        assert_eq!(mean(54, 6), Some(9.0));
        assert_eq!(mean(1, 20), Some(0.1)); // 0.05
        assert_eq!(mean(10, 3), Some(3.3));
        assert_eq!(mean(0, 0), None);
    }

    proptest! {
        #[test]
        fn later_answers_never_look_faster(start in 0_u64..20_000, a in 0_u64..400, b in 0_u64..400) {
            let received = after(day("2000-01-01"), start);
            let (early, late) = (after(received, a.min(b)), after(received, a.max(b)));
            prop_assert!(delay_days(received, early) <= delay_days(received, late));
            prop_assert!(delay_days(received, early) >= 1);
            // In time by the state exactly when in time by the delay.
            let in_time = state(late, due_on(received), Some(late)) == WrittenRequestState::Answered;
            prop_assert_eq!(in_time, delay_days(received, late) <= ANSWER_LIMIT_DAYS);
            prop_assert_eq!(in_time, delay_days(received, late) < UNDER_DAYS[1]);
        }

        #[test]
        fn time_alone_only_makes_a_request_overdue(start in 0_u64..20_000, a in 0_u64..400, b in 0_u64..400) {
            let received = after(day("2000-01-01"), start);
            let due = due_on(received);
            let at = |days| state(after(received, days), due, None);
            prop_assert!(at(a.min(b)) <= at(a.max(b)), "IN_PROGRESS comes before OVERDUE");
        }
    }
}
