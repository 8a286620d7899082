//! From counted outcomes to figures, each with its definition in French.

use chrono::Datelike;

use super::model::{DelaySlices, MediumResults, MonthResults};
use crate::foundation::statistic::{Period, Statistic};
use crate::measure::written_request::model::Medium;
use crate::measure::written_request::rules::{Outcome, Tally};
use crate::measure::written_request::store::OutcomeRow;

fn tally<'r>(rows: impl Iterator<Item = &'r OutcomeRow>) -> Tally {
    let mut tally = Tally::default();
    for row in rows {
        let place = usize::try_from(row.outcome).unwrap_or(usize::MAX);
        if let Some(outcome) = Outcome::ALL.get(place) {
            tally.add(*outcome, row.acknowledged, row.count, row.total_delay);
        }
    }
    tally
}

impl MediumResults {
    /// The figures of one medium, from what PostgreSQL counted.
    pub(super) fn of(
        rows: &[OutcomeRow],
        medium: Medium,
        period: Period,
        months: &[Period],
    ) -> Self {
        let of_medium = || rows.iter().filter(|row| row.medium == medium);
        let last_twelve_months = months
            .iter()
            .map(|month| {
                let number =
                    month.from.year() * 12 + i32::try_from(month.from.month0()).unwrap_or(0);
                MonthResults::of(
                    &tally(of_medium().filter(|row| row.month == number)),
                    medium,
                    *month,
                )
            })
            .collect();
        Self::figures(
            &tally(of_medium().filter(|row| row.within)),
            medium,
            period,
            last_twelve_months,
        )
    }

    fn figures(
        tally: &Tally,
        medium: Medium,
        period: Period,
        last_twelve_months: Vec<MonthResults>,
    ) -> Self {
        let words = Words(medium);
        let judged =
            |n, what: &str| Statistic::rate(n, tally.judged(), Some(period), &words.judged(what));
        let answers = |n, what: &str| {
            Statistic::rate(n, tally.answered(), Some(period), &words.answers(what))
        };
        let average_delay = Statistic {
            value: tally.mean_delay(),
            ..answers(tally.answered(), "Délai moyen de réponse, en jours calendaires")
        };
        Self {
            received: words.received(tally, period),
            under_8_days: judged(
                tally.under_8(),
                "répondus en moins de 8 jours calendaires (délai Marianne)",
            ),
            under_15_days: words.under_15(tally, period),
            under_30_days: judged(tally.under_30(), "répondus en moins de 30 jours calendaires"),
            unanswered: words.unanswered(tally, period),
            in_progress: Statistic::count(
                tally.count(Outcome::InProgress),
                tally.received(),
                Some(period),
                &words.plain("en cours : sans réponse, reçus depuis 14 jours calendaires ou moins"),
            ),
            direct_answers: answers(
                tally.direct(),
                "Part des réponses directes, sans accusé de réception préalable",
            ),
            acknowledged_answers: answers(
                tally.acknowledged(),
                "Part des réponses précédées d'un accusé de réception",
            ),
            average_delay,
            slices: DelaySlices {
                within_7: judged(
                    tally.count(Outcome::Within7),
                    "répondus en 7 jours calendaires ou moins",
                ),
                from_8_to_14: judged(
                    tally.count(Outcome::From8To14),
                    "répondus en 8 à 14 jours calendaires",
                ),
                over_14: judged(
                    tally.unanswered(),
                    "répondus en plus de 14 jours calendaires, ou toujours sans réponse après ce délai",
                ),
            },
            last_twelve_months,
        }
    }
}

impl MonthResults {
    fn of(tally: &Tally, medium: Medium, month: Period) -> Self {
        let words = Words(medium);
        Self {
            month: month.from.format("%Y-%m").to_string(),
            received: words.received(tally, month),
            under_15_days: words.under_15(tally, month),
            unanswered: words.unanswered(tally, month),
        }
    }
}

/// The definitions, in French.
struct Words(Medium);

impl Words {
    fn medium(&self) -> String {
        format!("{}s", self.0.label())
    }

    fn plain(&self, what: &str) -> String {
        format!("Nombre de {} {what}.", self.medium())
    }

    fn judged(&self, what: &str) -> String {
        format!(
            "Part des {} reçus dans la période et {what}, hors demandes en cours depuis 14 jours ou moins.",
            self.medium()
        )
    }

    fn answers(&self, what: &str) -> String {
        format!("{what}, parmi les {} reçus dans la période et répondus.", self.medium())
    }

    fn received(&self, tally: &Tally, period: Period) -> Statistic {
        let received = tally.received();
        Statistic::count(received, received, Some(period), &self.plain("reçus dans la période"))
    }

    fn under_15(&self, tally: &Tally, period: Period) -> Statistic {
        let words = self.judged("répondus en moins de 15 jours calendaires, soit 14 au plus");
        Statistic::rate(tally.under_15(), tally.judged(), Some(period), &words)
    }

    fn unanswered(&self, tally: &Tally, period: Period) -> Statistic {
        let words =
            self.judged("considérés comme non répondus : délai de traitement supérieur à 14 jours");
        Statistic::rate(tally.unanswered(), tally.judged(), Some(period), &words)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::last_twelve_months;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn the_example_of_the_programme() {
        // DOMAIN §20.9: 100 % / 0 % / 100 %.
        let row = OutcomeRow {
            medium: Medium::Letter,
            month: 2026 * 12 + 1,
            within: true,
            outcome: 1,
            acknowledged: true,
            count: 12,
            total_delay: 30,
        };
        let period = Period { from: day("2026-02-01"), to: day("2026-02-28") };
        let months = last_twelve_months(period.to);
        let letters =
            MediumResults::of(std::slice::from_ref(&row), Medium::Letter, period, &months);
        assert_eq!(letters.under_8_days.value, Some(100.0));
        assert_eq!(letters.unanswered.value, Some(0.0));
        assert_eq!(letters.under_15_days.value, Some(100.0));
        assert_eq!(letters.slices.from_8_to_14.value, Some(0.0));
        assert_eq!(letters.average_delay.value, Some(2.5));
        assert_eq!(letters.acknowledged_answers.value, Some(100.0));
        assert_eq!(letters.last_twelve_months[11].received.n, 12);
        assert_eq!(letters.last_twelve_months[10].under_15_days.value, None);
        let emails = MediumResults::of(&[row], Medium::Email, period, &months);
        assert_eq!((emails.received.n, emails.under_8_days.value), (0, None));
    }
}
