//! The scalar `Date` of the API.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::calendar::french_day;
use super::error::{Error, Result as Outcome};
use super::text::shown;

/// A calendar day in Europe/Paris, as `AAAA-MM-JJ` with a year from 1900 to 2199: further days are
/// slips of the keyboard, and some would not fit the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub NaiveDate);

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl Day {
    /// A day as files and requests write it: `AAAA-MM-JJ`, years 1900 to 2199; `None` for anything else.
    pub fn read(text: &str) -> Option<NaiveDate> {
        let day = text.parse::<NaiveDate>().ok().filter(|_| text.len() == 10)?;
        (1900..2200).contains(&day.year()).then_some(day)
    }
}

/// A calendar day in Europe/Paris, written `AAAA-MM-JJ`; years 1900 to 2199.
#[Scalar(name = "Date")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Self::read(text).map(Self).ok_or_else(|| {
                InputValueError::custom(format!(
                    "« {} » n'est pas un jour AAAA-MM-JJ entre 1900 et 2199.",
                    shown(text)
                ))
            }),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Refuses instants beyond those that PostgreSQL can hold, as a computer makes them: years 1 to 9999 pass.
/// For the inputs that take an instant.
///
/// # Errors
/// The sentence to answer.
pub fn plausible(at: &DateTime<Utc>) -> std::result::Result<(), String> {
    if (1..=9999).contains(&at.year()) {
        return Ok(());
    }
    Err("Cet instant est hors du calendrier : années 1 à 9999.".into())
}

/// Refuses a period whose last day precedes its first one; a side left open always passes.
///
/// # Errors
/// [`Error::BadInput`], which names both days.
pub fn forwards(from: Option<Day>, to: Option<Day>) -> Outcome<()> {
    match (from, to) {
        (Some(Day(from)), Some(Day(to))) if from > to => Err(Error::BadInput(format!(
            "La période finit avant de commencer : inversez le {} et le {}.",
            french_day(from),
            french_day(to)
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_days_are_read() {
        let read = |text: &str| Day::parse(Value::String(text.into())).is_ok();
        assert!(read("2026-02-28") && read("1900-01-01") && read("2199-12-31"));
        for wrong in
            ["2026-02-30", "1899-12-31", "2200-01-01", "+12026-01-1", "2026-1-1", "28/02/2026", ""]
        {
            assert!(!read(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_period_runs_forwards_and_may_be_one_day_or_open() {
        let day = |text: &str| Day::read(text).map(Day);
        let (first, second) = (day("2026-01-12"), day("2026-01-13"));
        for (from, to) in
            [(first, second), (first, first), (first, None), (None, first), (None, None)]
        {
            assert!(forwards(from, to).is_ok(), "{from:?} {to:?}");
        }
        assert!(matches!(forwards(second, first), Err(Error::BadInput(_))));
    }
}
