//! A figure that carries what a reader needs to believe it.

use async_graphql::{Object, SimpleObject};
use chrono::NaiveDate;

use super::day::Day;

/// Respondents or items a rate needs before it may be generalised: strictly more than this.
/// Source: DOMAIN §15.8 and C22 (« supérieur à 30 »).
pub const GENERALISABLE_ABOVE: i64 = 30;

crate::text_enum! {
    /// Why a figure must be read with care.
    StatisticWarning {
        /// Nothing to compute on: the value is null.
        EmptyDenominator = "EMPTY_DENOMINATOR",
        // DOMAIN C22.
        /// 30 items or fewer: do not generalise.
        SmallDenominator = "SMALL_DENOMINATOR",
    }
}

/// Days a figure is computed over, both included, in Europe/Paris.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// Days a figure is computed over, both included.
#[Object]
impl Period {
    /// First day.
    async fn from(&self) -> Day {
        Day(self.from)
    }
    /// Last day.
    async fn to(&self) -> Day {
        Day(self.to)
    }
}

/// A published figure with its denominator, period, definition and warnings.
#[derive(Debug, Clone, PartialEq, SimpleObject)]
pub struct Statistic {
    /// The figure; null when there is nothing to compute on or the rules forbid to publish it.
    pub value: Option<f64>,
    /// How many items meet the definition.
    pub n: i64,
    /// How many items are counted in all.
    pub denominator: i64,
    /// The period considered; null for all time.
    pub period: Option<Period>,
    /// What is measured, in French.
    pub definition: String,
    /// Half width of the 95 % interval, in the figure's unit; null for a complete count.
    pub margin_of_error: Option<f64>,
    /// Why the figure must be read with care.
    pub warnings: Vec<StatisticWarning>,
}

/// A percentage rounded to one decimal, half up; `None` when there is nothing to divide by.
pub fn percentage(n: i64, denominator: i64) -> Option<f64> {
    (denominator > 0).then(|| rounded(n, denominator, 10))
}

/// A percentage rounded to a whole number, half up (C14); `None` when there is nothing to divide by.
pub fn whole_percentage(n: i64, denominator: i64) -> Option<f64> {
    (denominator > 0).then(|| rounded(n, denominator, 1))
}

/// Integer arithmetic, so that a half is exactly a half.
#[allow(clippy::cast_precision_loss)] // at most 1000 after the division
fn rounded(n: i64, denominator: i64, scale: i64) -> f64 {
    let parts = (200 * scale * n + denominator) / (2 * denominator);
    parts as f64 / scale as f64
}

impl Statistic {
    /// A rate in percent of a complete count.
    pub fn rate(n: i64, denominator: i64, period: Option<Period>, definition: &str) -> Self {
        Self {
            value: percentage(n, denominator),
            n,
            denominator,
            period,
            definition: definition.to_owned(),
            margin_of_error: None,
            warnings: match denominator {
                0 => vec![StatisticWarning::EmptyDenominator],
                d if d <= GENERALISABLE_ABOVE => vec![StatisticWarning::SmallDenominator],
                _ => vec![],
            },
        }
    }

    /// The same rate rounded to a whole percentage (C14).
    pub fn whole_rate(n: i64, denominator: i64, period: Option<Period>, definition: &str) -> Self {
        Self {
            value: whole_percentage(n, denominator),
            ..Self::rate(n, denominator, period, definition)
        }
    }

    /// A plain count, out of `denominator` items.
    #[allow(clippy::cast_precision_loss)] // counts stay far below 2^52
    pub fn count(n: i64, denominator: i64, period: Option<Period>, definition: &str) -> Self {
        Self {
            value: Some(n as f64),
            n,
            denominator,
            period,
            definition: definition.to_owned(),
            margin_of_error: None,
            warnings: vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_up_and_nothing_divides_by_zero() {
        assert_eq!(whole_percentage(1, 8), Some(13.0)); // 12.5
        assert_eq!(percentage(1, 3), Some(33.3));
        assert_eq!(percentage(5, 6), Some(83.3));
        assert_eq!(percentage(1, 16), Some(6.3)); // 6.25
        assert_eq!(percentage(0, 0), None);
    }

    #[test]
    fn thirty_is_not_enough_and_thirty_one_is() {
        assert_eq!(Statistic::rate(1, 30, None, "").warnings, [StatisticWarning::SmallDenominator]);
        assert!(Statistic::rate(1, 31, None, "").warnings.is_empty());
        assert_eq!(Statistic::rate(0, 0, None, "").warnings, [StatisticWarning::EmptyDenominator]);
    }
}
