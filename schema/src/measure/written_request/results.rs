//! « Résultats » of the register: rates, delays and months, letters and e-mails apart (DOMAIN §20.6–9).

use async_graphql::SimpleObject;
use chrono::{Datelike, Days, Months, NaiveDate};

use super::model::Medium;
use super::rules::{Outcome, Tally};
use super::store::{self, OutcomeRow, Population};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::{Error, Result};
use crate::foundation::policy::Action;
use crate::foundation::statistic::{Period, Statistic};
use crate::reference::structure;

/// Longest period of results, in years (ours).
pub const LONGEST_PERIOD_YEARS: u32 = 5;

/// What is counted.
#[derive(Debug, Clone)]
pub struct Question {
    /// Code or global id of a structure; with all below it.
    pub structure: String,
    /// First day of reception.
    pub from: NaiveDate,
    /// Last day of reception.
    pub to: NaiveDate,
    /// Letters or e-mails only.
    pub medium: Option<Medium>,
    /// Words of the reference or the subject.
    pub search: Option<String>,
}

/// Results of the register for the requests received in a period; letters and e-mails are never mixed.
#[derive(Debug, Clone, SimpleObject)]
pub struct WrittenRequestResults {
    /// The period asked for: days of reception in Europe/Paris, both included.
    pub period: Period,
    /// The letters; null when only e-mails were asked for.
    pub letters: Option<MediumResults>,
    /// The e-mails; null when only letters were asked for.
    pub emails: Option<MediumResults>,
}

/// Results of one medium. Delays are calendar days in Europe/Paris; an answer on the day of reception
/// counts 1. Requests in progress (open, 14 days or less) are in no denominator.
#[derive(Debug, Clone, SimpleObject)]
pub struct MediumResults {
    /// How many were received in the period.
    pub received: Statistic,
    /// Percentage answered in less than 8 days (« délai Marianne »); cumulative.
    #[graphql(name = "under8Days")]
    pub under_8_days: Statistic,
    /// Percentage answered in less than 15 days, in other words within 14; cumulative.
    #[graphql(name = "under15Days")]
    pub under_15_days: Statistic,
    /// Percentage answered in less than 30 days; cumulative.
    #[graphql(name = "under30Days")]
    pub under_30_days: Statistic,
    /// Percentage considered as unanswered: open for more than 14 days, or answered later than that.
    pub unanswered: Statistic,
    /// How many are in progress: open, 14 days or less after their reception.
    pub in_progress: Statistic,
    /// Percentage of the answers that no acknowledgement of receipt preceded.
    pub direct_answers: Statistic,
    /// Percentage of the answers that an acknowledgement of receipt preceded.
    pub acknowledged_answers: Statistic,
    /// Mean delay of the answers, in days to one decimal; unanswered requests stay out.
    pub average_delay: Statistic,
    /// The three parts of the pie, which exclude each other.
    pub slices: DelaySlices,
    /// The twelve months that end with the last month of the period, oldest first.
    pub last_twelve_months: Vec<MonthResults>,
}

/// Exclusive parts of the requests that count, in percent.
#[derive(Debug, Clone, SimpleObject)]
pub struct DelaySlices {
    /// Answered in 7 days or less.
    #[graphql(name = "within7")]
    pub within_7: Statistic,
    /// Answered in 8 to 14 days.
    #[graphql(name = "from8To14")]
    pub from_8_to_14: Statistic,
    /// Answered later than 14 days, or open for longer.
    #[graphql(name = "over14")]
    pub over_14: Statistic,
}

/// Results of the requests received in one month.
#[derive(Debug, Clone, SimpleObject)]
pub struct MonthResults {
    /// The month of reception, as `2026-03`.
    pub month: String,
    /// How many were received.
    pub received: Statistic,
    /// Percentage answered in less than 15 days.
    #[graphql(name = "under15Days")]
    pub under_15_days: Statistic,
    /// Percentage considered as unanswered.
    pub unanswered: Statistic,
}

/// Computes the results of a structure's subtree.
///
/// # Errors
/// [`Error::BadInput`] for a period that is reversed or too long; [`Error::NotFound`] for a structure
/// out of reach.
pub async fn results(app: &App, caller: &Caller, question: &Question) -> Result<WrittenRequestResults> {
    caller.actor.scope(Action::ReadWrittenRequests)?;
    let period = valid_period(question.from, question.to)?;
    let mut conn = app.pool.get().await?;
    let structure = structure::service::resolve(&mut conn, &question.structure).await?;
    caller.actor.authorise(Action::ReadWrittenRequests, &structure.path)?;
    let months = last_twelve_months(period.to);
    let population = Population {
        below: structure.id,
        from: period.from,
        to: period.to,
        months_from: months.first().map_or(period.from, |month| month.from),
        medium: question.medium,
        search: question.search.as_deref(),
    };
    let rows = store::outcomes(&mut conn, &population, app.clock.today()).await?;
    let of = |medium: Medium| {
        question
            .medium
            .is_none_or(|only| only == medium)
            .then(|| MediumResults::of(&rows, medium, period, &months))
    };
    Ok(WrittenRequestResults { period, letters: of(Medium::Letter), emails: of(Medium::Email) })
}

/// A period that runs forwards and is not too long.
fn valid_period(from: NaiveDate, to: NaiveDate) -> Result<Period> {
    let furthest = from.checked_add_months(Months::new(12 * LONGEST_PERIOD_YEARS));
    if from > to {
        return Err(Error::BadInput("La période se termine avant de commencer : inversez « from » et « to ».".into()));
    }
    if furthest.is_some_and(|furthest| to >= furthest) {
        return Err(Error::BadInput(format!(
            "La période dépasse {LONGEST_PERIOD_YEARS} ans : raccourcissez-la."
        )));
    }
    Ok(Period { from, to })
}

/// The twelve calendar months that end with the month of a day; the last one ends on that day.
fn last_twelve_months(to: NaiveDate) -> Vec<Period> {
    let first = to.with_day(1).unwrap_or(to);
    (0..12)
        .rev()
        .filter_map(|back| first.checked_sub_months(Months::new(back)))
        .map(|from| {
            let next = from.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
            Period { from, to: to.min(next.checked_sub_days(Days::new(1)).unwrap_or(to)) }
        })
        .collect()
}

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
    fn of(rows: &[OutcomeRow], medium: Medium, period: Period, months: &[Period]) -> Self {
        let of_medium = || rows.iter().filter(|row| row.medium == medium);
        let last_twelve_months = months
            .iter()
            .map(|month| {
                let number = month.from.year() * 12 + i32::try_from(month.from.month0()).unwrap_or(0);
                MonthResults::of(&tally(of_medium().filter(|row| row.month == number)), medium, *month)
            })
            .collect();
        Self::figures(&tally(of_medium().filter(|row| row.within)), medium, period, last_twelve_months)
    }

    fn figures(
        tally: &Tally,
        medium: Medium,
        period: Period,
        last_twelve_months: Vec<MonthResults>,
    ) -> Self {
        let words = Words(medium);
        let judged = |n, what: &str| Statistic::rate(n, tally.judged(), Some(period), &words.judged(what));
        let answers = |n, what: &str| Statistic::rate(n, tally.answered(), Some(period), &words.answers(what));
        let average_delay = Statistic {
            value: tally.mean_delay(),
            ..answers(tally.answered(), "Délai moyen de réponse, en jours calendaires")
        };
        Self {
            received: words.received(tally, period),
            under_8_days: judged(tally.under_8(), "répondus en moins de 8 jours calendaires (délai Marianne)"),
            under_15_days: words.under_15(tally, period),
            under_30_days: judged(tally.under_30(), "répondus en moins de 30 jours calendaires"),
            unanswered: words.unanswered(tally, period),
            in_progress: Statistic::count(
                tally.count(Outcome::InProgress),
                tally.received(),
                Some(period),
                &words.plain("en cours : sans réponse, reçus depuis 14 jours calendaires ou moins"),
            ),
            direct_answers: answers(tally.direct(), "Part des réponses directes, sans accusé de réception préalable"),
            acknowledged_answers: answers(tally.acknowledged(), "Part des réponses précédées d'un accusé de réception"),
            average_delay,
            slices: DelaySlices {
                within_7: judged(tally.count(Outcome::Within7), "répondus en 7 jours calendaires ou moins"),
                from_8_to_14: judged(tally.count(Outcome::From8To14), "répondus en 8 à 14 jours calendaires"),
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
        let words = self.judged("considérés comme non répondus : délai de traitement supérieur à 14 jours");
        Statistic::rate(tally.unanswered(), tally.judged(), Some(period), &words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_period_runs_forwards_for_five_years_at_most() {
        let ok = |from, to| valid_period(day(from), day(to)).is_ok();
        assert!(ok("2026-03-02", "2026-03-02"));
        assert!(!ok("2026-03-02", "2026-03-01"));
        assert!(ok("2021-03-02", "2026-03-01"));
        assert!(!ok("2021-03-02", "2026-03-02"));
    }

    #[test]
    fn twelve_months_end_with_the_period() {
        let months = last_twelve_months(day("2026-02-10"));
        assert_eq!(months.len(), 12);
        assert_eq!(months[0], Period { from: day("2025-03-01"), to: day("2025-03-31") });
        assert_eq!(months[10].to, day("2026-01-31"));
        assert_eq!(months[11], Period { from: day("2026-02-01"), to: day("2026-02-10") });
        assert_eq!(last_twelve_months(day("2024-02-29"))[11].to, day("2024-02-29"));
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
        let letters = MediumResults::of(std::slice::from_ref(&row), Medium::Letter, period, &months);
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
