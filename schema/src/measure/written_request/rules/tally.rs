//! Counting a population of requests, by DOMAIN C1, C32 and C34.

use chrono::NaiveDate;

use super::{ANSWER_LIMIT_DAYS, UNDER_DAYS, delay_days, mean};

/// What became of one request, as the results look at it. The slices exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Open within the limit: nobody can tell yet, so it stays out of every denominator.
    InProgress,
    /// Answered in 7 days or less.
    Within7,
    /// Answered in 8 to 14 days.
    From8To14,
    /// Answered in 15 to 29 days: unanswered for the 14-day figures, answered for the 30-day one.
    From15To29,
    /// Answered in 30 days or more.
    From30,
    /// Open past the limit.
    Open,
}

impl Outcome {
    /// Every outcome; the place of each is its number in SQL.
    pub const ALL: [Self; 6] = [
        Self::InProgress,
        Self::Within7,
        Self::From8To14,
        Self::From15To29,
        Self::From30,
        Self::Open,
    ];

    /// What became of a request by a day.
    pub fn of(today: NaiveDate, received_on: NaiveDate, answered_on: Option<NaiveDate>) -> Self {
        let Some(answered_on) = answered_on else {
            let age = (today - received_on).num_days();
            return if age <= ANSWER_LIMIT_DAYS { Self::InProgress } else { Self::Open };
        };
        match delay_days(received_on, answered_on) {
            delay if delay < UNDER_DAYS[0] => Self::Within7,
            delay if delay < UNDER_DAYS[1] => Self::From8To14,
            delay if delay < UNDER_DAYS[2] => Self::From15To29,
            _ => Self::From30,
        }
    }
}

/// How many requests met each outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [i64; Outcome::ALL.len()],
    /// Answers that an acknowledgement of receipt preceded.
    acknowledged: i64,
    /// Sum of the delays of all answers, in days.
    total_delay: i64,
}

impl Tally {
    /// Adds requests of one outcome: how many, whether their answers were preceded by an
    /// acknowledgement, and the sum of their delays (0 for open ones).
    pub fn add(&mut self, outcome: Outcome, acknowledged: bool, count: i64, total_delay: i64) {
        self.counts[outcome as usize] += count;
        if !matches!(outcome, Outcome::InProgress | Outcome::Open) {
            self.total_delay += total_delay;
            if acknowledged {
                self.acknowledged += count;
            }
        }
    }

    /// How many requests met an outcome.
    pub fn count(&self, outcome: Outcome) -> i64 {
        self.counts[outcome as usize]
    }

    /// Every request of the population.
    pub fn received(&self) -> i64 {
        self.counts.iter().sum()
    }

    /// Those that count: all but the ones in progress.
    pub fn judged(&self) -> i64 {
        self.received() - self.count(Outcome::InProgress)
    }

    /// Final answers, however late.
    pub fn answered(&self) -> i64 {
        self.judged() - self.count(Outcome::Open)
    }

    /// Answers in less than 8 days.
    pub fn under_8(&self) -> i64 {
        self.count(Outcome::Within7)
    }

    /// Answers in less than 15 days, in other words within 14.
    pub fn under_15(&self) -> i64 {
        self.under_8() + self.count(Outcome::From8To14)
    }

    /// Answers in less than 30 days.
    pub fn under_30(&self) -> i64 {
        self.under_15() + self.count(Outcome::From15To29)
    }

    /// « Considéré comme non répondu »: open past 14 days, or answered later.
    pub fn unanswered(&self) -> i64 {
        self.judged() - self.under_15()
    }

    /// Answers that an acknowledgement of receipt preceded or accompanied (DOMAIN C32).
    pub fn acknowledged(&self) -> i64 {
        self.acknowledged
    }

    /// Answers without an acknowledgement before them (DOMAIN C32).
    pub fn direct(&self) -> i64 {
        self.answered() - self.acknowledged
    }

    /// Mean delay of the answers, in days to one decimal; open requests stay out (DOMAIN C34).
    pub fn mean_delay(&self) -> Option<f64> {
        mean(self.total_delay, self.answered())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::foundation::statistic::{percentage, whole_percentage};

    fn tally(delays: &[Option<u64>], age: u64) -> Tally {
        let received: NaiveDate = "2026-03-20".parse().expect("a date");
        let mut tally = Tally::default();
        for delay in delays {
            let answered = delay.map(|days| received + Days::new(days));
            let outcome = Outcome::of(received + Days::new(age), received, answered);
            tally.add(outcome, false, 1, answered.map_or(0, |on| delay_days(received, on)));
        }
        tally
    }

    #[test]
    fn the_worked_example_of_the_programme() {
        // DOMAIN §21.7: 83 %, 100 % and 9 days.
        let tally = tally(&[8, 12, 6, 12, 1, 15].map(Some), 60);
        assert_eq!(whole_percentage(tally.under_15(), tally.judged()), Some(83.0));
        assert_eq!(percentage(tally.under_15(), tally.judged()), Some(83.3));
        assert_eq!(whole_percentage(tally.answered(), tally.judged()), Some(100.0));
        assert_eq!(tally.mean_delay(), Some(9.0));
    }

    #[test]
    fn the_rates_are_cumulative_and_the_slices_are_not() {
        // DOMAIN §20.9: 100 % in less than 8 days, 0 % unanswered, 100 % within 14.
        let tally = tally(&[Some(1), Some(7), Some(0)], 60);
        assert_eq!(percentage(tally.under_8(), tally.judged()), Some(100.0));
        assert_eq!(percentage(tally.unanswered(), tally.judged()), Some(0.0));
        assert_eq!(percentage(tally.under_15(), tally.judged()), Some(100.0));
        assert_eq!(tally.count(Outcome::From8To14), 0);
    }

    #[test]
    fn late_answers_count_as_unanswered_but_stay_in_the_thirty_day_rate() {
        let tally = tally(&[Some(14), Some(15), Some(29), Some(30), None], 60);
        assert_eq!(tally.judged(), 5);
        assert_eq!((tally.under_15(), tally.unanswered()), (1, 4));
        assert_eq!((tally.under_30(), tally.answered()), (3, 4));
    }

    #[test]
    fn open_requests_count_from_the_fifteenth_day_on() {
        let young = tally(&[None, Some(3)], 14);
        assert_eq!((young.received(), young.judged(), young.unanswered()), (2, 1, 0));
        let old = tally(&[None, Some(3)], 15);
        assert_eq!((old.received(), old.judged(), old.unanswered()), (2, 2, 1));
        assert_eq!(old.mean_delay(), Some(3.0));
    }

    #[test]
    fn only_answers_are_direct_or_acknowledged() {
        let mut tally = Tally::default();
        tally.add(Outcome::Within7, true, 2, 6);
        tally.add(Outcome::From30, false, 1, 40);
        tally.add(Outcome::Open, true, 5, 0);
        tally.add(Outcome::InProgress, true, 7, 0);
        assert_eq!((tally.acknowledged(), tally.direct(), tally.answered()), (2, 1, 3));
    }
}
