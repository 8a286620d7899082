//! « Résultats » of the register: rates, delays and months, letters and e-mails apart (DOMAIN §20.6–9).

mod figures;
mod model;

use chrono::{Datelike, Days, Months, NaiveDate};

pub use model::{DelaySlices, MediumResults, MonthResults, WrittenRequestResults};

use super::model::Medium;
use super::store::{self, Population};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::{Error, Result};
use crate::foundation::policy::Action;
use crate::foundation::statistic::Period;
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

/// Computes the results of a structure's subtree.
///
/// # Errors
/// [`Error::BadInput`] for a period that is reversed or too long; [`Error::NotFound`] for a structure
/// out of reach.
pub async fn results(
    app: &App,
    caller: &Caller,
    question: &Question,
) -> Result<WrittenRequestResults> {
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
        return Err(Error::BadInput(
            "La période se termine avant de commencer : inversez « from » et « to ».".into(),
        ));
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
}
