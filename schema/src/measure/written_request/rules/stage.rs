//! The ladder of reminders: one alert before the limit, then reminders until the answer (DOMAIN §31).

use chrono::{Days, NaiveDate};

use crate::foundation::calendar::is_working_day;
use crate::foundation::settings::Settings;

/// What there is to say about an open request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The limit comes near.
    BeforeLimit,
    /// The limit has passed: the first reminder from day 15 on, then the second, …
    Overdue(i64),
}

impl Stage {
    /// As the ledger of e-mails keeps it.
    pub fn name(self) -> String {
        match self {
            Self::BeforeLimit => "BEFORE_LIMIT".to_owned(),
            Self::Overdue(number) => format!("OVERDUE_{number}"),
        }
    }
}

/// When each stage comes.
#[derive(Debug, Clone, Copy)]
pub struct Ladder {
    /// Days before the limit at which the alert comes.
    pub alert_before_days: i64,
    /// Days between two reminders, at least 1.
    pub every_days: i64,
    /// The first reminder that the parent structure's managers receive too.
    pub escalation: i64,
    /// Whether nothing leaves on week-ends and public holidays.
    pub working_days_only: bool,
}

impl Ladder {
    /// The ladder of an application.
    pub fn of(settings: &Settings) -> Self {
        Self {
            alert_before_days: settings.alert_before_days,
            every_days: settings.reminder_every_days.max(1),
            escalation: settings.reminder_escalation,
            working_days_only: settings.quiet_hours,
        }
    }

    /// What there is to say on a day about a request that is open; only the present stage counts,
    /// whatever was missed before it.
    pub fn stage(&self, today: NaiveDate, due_on: NaiveDate) -> Option<Stage> {
        let late = (today - due_on).num_days();
        if late > 0 {
            return Some(Stage::Overdue(1 + (late - 1) / self.every_days));
        }
        (self.alert_from(due_on) <= today).then_some(Stage::BeforeLimit)
    }

    /// The furthest limit about which there is something to say on a day.
    pub fn horizon(&self, today: NaiveDate) -> NaiveDate {
        let mut furthest = later(today, self.alert_before_days);
        while self.alert_from(later(furthest, 1)) <= today {
            furthest = later(furthest, 1);
        }
        furthest
    }

    /// Requests whose limit was on that day or before are told to the parent structure's managers too.
    pub fn escalated_until(&self, today: NaiveDate) -> NaiveDate {
        earlier(today, 1 + self.every_days * (self.escalation - 1))
    }

    /// The first day of the alert before the limit. Where none of its days is worked, it moves back
    /// to the last working day before them: an alert that waits for Monday would come after the limit.
    fn alert_from(&self, due_on: NaiveDate) -> NaiveDate {
        let start = earlier(due_on, self.alert_before_days);
        let mut days = start.iter_days().take_while(|day| *day <= due_on);
        if !self.working_days_only || days.any(is_working_day) {
            return start;
        }
        let mut day = start;
        while !is_working_day(day) && day > NaiveDate::MIN {
            day = earlier(day, 1);
        }
        day
    }
}

fn later(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(NaiveDate::MAX)
}

fn earlier(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_sub_days(Days::new(days.unsigned_abs())).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LADDER: Ladder =
        Ladder { alert_before_days: 3, every_days: 7, escalation: 3, working_days_only: false };

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// The stage when the limit was `late` days ago, in other words on day 14 + `late`.
    fn stage(ladder: Ladder, late: i64) -> Option<Stage> {
        let due_on = day("2026-03-20"); // summer time starts on the 29th
        let today = if late < 0 { earlier(due_on, late) } else { later(due_on, late) };
        ladder.stage(today, due_on)
    }

    #[test]
    fn each_stage_starts_on_its_day() {
        let expected = [
            (-4, None),
            (-3, Some(Stage::BeforeLimit)),
            (0, Some(Stage::BeforeLimit)),
            (1, Some(Stage::Overdue(1))), // day 15
            (7, Some(Stage::Overdue(1))),
            (8, Some(Stage::Overdue(2))),
            (14, Some(Stage::Overdue(2))),
            (15, Some(Stage::Overdue(3))),
            (400, Some(Stage::Overdue(58))),
        ];
        for (late, expected) in expected {
            assert_eq!(stage(LADDER, late), expected, "{late}");
        }
    }

    #[test]
    fn an_alert_of_no_day_comes_on_the_last_day() {
        let ladder = Ladder { alert_before_days: 0, ..LADDER };
        assert_eq!(stage(ladder, -1), None);
        assert_eq!(stage(ladder, 0), Some(Stage::BeforeLimit));
    }

    #[test]
    fn the_parents_are_told_from_the_third_reminder_on() {
        let due_on = day("2026-03-20");
        let told = |late| due_on <= LADDER.escalated_until(later(due_on, late));
        assert!(!told(14) && told(15));
        let at_once = Ladder { escalation: 1, ..LADDER };
        assert!(due_on > at_once.escalated_until(due_on));
        assert!(due_on <= at_once.escalated_until(later(due_on, 1)));
    }

    #[test]
    fn an_alert_never_waits_for_the_limit_to_pass() {
        let ladder = Ladder { alert_before_days: 1, working_days_only: true, ..LADDER };
        let friday = day("2026-04-03");
        // Easter Monday: its window, Sunday and Monday, is not worked; nor is Saturday.
        let easter_monday = day("2026-04-06");
        assert_eq!(ladder.stage(friday, easter_monday), Some(Stage::BeforeLimit));
        assert_eq!(ladder.stage(earlier(friday, 1), easter_monday), None);
        assert_eq!(ladder.horizon(friday), easter_monday);
        let always = Ladder { working_days_only: false, ..ladder };
        assert_eq!(always.stage(friday, easter_monday), None);
    }

    proptest! {
        #[test]
        fn stages_only_rise(start in 0_u64..12_000, a in 0_i64..200, b in 0_i64..200,
                            before in 0_i64..14, every in 1_i64..30, working in any::<bool>()) {
            let due_on = day("2020-01-01") + Days::new(start);
            let ladder = Ladder { alert_before_days: before, every_days: every, escalation: 3, working_days_only: working };
            let at = |days: i64| ladder.stage(later(earlier(due_on, 30), days), due_on);
            prop_assert!(at(a.min(b)) <= at(a.max(b)));
        }

        #[test]
        fn the_horizon_and_the_cutoff_agree_with_the_stages(start in 0_u64..12_000, ahead in -200_i64..40,
                            before in 0_i64..14, every in 1_i64..30, escalation in 1_i64..6, working in any::<bool>()) {
            let today = day("2020-01-01") + Days::new(start);
            let due_on = if ahead < 0 { earlier(today, ahead) } else { later(today, ahead) };
            let ladder = Ladder { alert_before_days: before, every_days: every, escalation, working_days_only: working };
            let stage = ladder.stage(today, due_on);
            prop_assert_eq!(stage.is_some(), due_on <= ladder.horizon(today));
            let escalated = matches!(stage, Some(Stage::Overdue(number)) if number >= escalation);
            prop_assert_eq!(escalated, due_on <= ladder.escalated_until(today));
        }
    }
}
