//! Calendar days, working days and opening hours in France. Pure functions.

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc, Weekday,
};
use chrono_tz::Europe::Paris;

/// First hour (Europe/Paris) at which a reminder may leave. Our decision.
pub const OPENING_HOUR: u32 = 8;
/// Hour (Europe/Paris) from which a reminder waits for the next working day.
pub const CLOSING_HOUR: u32 = 18;

/// The calendar day it is in Europe/Paris at an instant.
pub fn day_in_paris(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Paris).date_naive()
}

/// The instant at which it is `time` on `day` in Europe/Paris. In the hour that spring skips, the
/// first instant after the gap; in the hour that autumn repeats, its first passage.
pub fn instant_in_paris(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let mut local = NaiveDateTime::new(day, time);
    loop {
        match Paris.from_local_datetime(&local).earliest() {
            Some(instant) => return instant.with_timezone(&Utc),
            None => local += chrono::TimeDelta::minutes(1),
        }
    }
}

/// The first instant of a day in Europe/Paris.
pub fn start_of_day(day: NaiveDate) -> DateTime<Utc> {
    instant_in_paris(day, NaiveTime::MIN)
}

/// Easter Sunday of a year, by the Gregorian computus.
pub fn easter(year: i32) -> NaiveDate {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let correction = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
    let full_moon =
        correction - (correction / 28) * (1 - (29 / (correction + 1)) * ((21 - golden) / 11));
    let weekday = (year + year / 4 + full_moon + 2 - century + century / 4) % 7;
    let offset = full_moon - weekday;
    let month = 3 + (offset + 40) / 44;
    let day = offset + 28 - 31 * (month / 4);
    debug_assert!(rest < 100);
    NaiveDate::from_ymd_opt(year, month.unsigned_abs(), day.unsigned_abs()).unwrap_or_default()
}

/// Whether a day is a public holiday everywhere in metropolitan France (code du travail, L3133-1).
pub fn is_holiday(day: NaiveDate) -> bool {
    const FIXED: [(u32, u32); 8] =
        [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
    // Easter Monday, Ascension Thursday, Whit Monday.
    const AFTER_EASTER: [u64; 3] = [1, 39, 50];
    FIXED.contains(&(day.month(), day.day()))
        || AFTER_EASTER.iter().any(|&days| easter(day.year()) + Days::new(days) == day)
}

/// Whether offices work on that day: neither week-end nor public holiday.
pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

/// The first instant from `at` on at which a reminder may leave: `at` itself on a working day between
/// 8 h and 18 h in Europe/Paris, else the next opening.
pub fn next_opening(at: DateTime<Utc>) -> DateTime<Utc> {
    let opening = NaiveTime::from_hms_opt(OPENING_HOUR, 0, 0).unwrap_or_default();
    let closing = NaiveTime::from_hms_opt(CLOSING_HOUR, 0, 0).unwrap_or_default();
    let local = at.with_timezone(&Paris);
    let mut day = local.date_naive();
    if is_working_day(day) {
        if local.time() < opening {
            return instant_in_paris(day, opening);
        }
        if local.time() < closing {
            return at;
        }
    }
    loop {
        day = day + Days::new(1);
        if is_working_day(day) {
            return instant_in_paris(day, opening);
        }
    }
}

/// A day as French readers write it: « 3 mars 2026 », « 1er mars 2026 ».
pub fn french_day(day: NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let ordinal = if day.day() == 1 { "er" } else { "" };
    format!("{}{ordinal} {} {}", day.day(), MONTHS[day.month0() as usize], day.year())
}

/// The hour in Paris to the second, for operators: « 09:05:00 ».
pub fn clock_in_paris(at: DateTime<Utc>) -> String {
    at.with_timezone(&Paris).format("%H:%M:%S").to_string()
}

/// An hour in Europe/Paris as French readers write it: « 9 h », « 14 h 30 ».
pub fn time_in_paris(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Paris);
    match local.minute() {
        0 => format!("{} h", local.hour()),
        minute => format!("{} h {minute:02}", local.hour()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn easter_falls_where_the_calendar_says() {
        for (year, expected) in [
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
            (2049, "2049-04-18"),
        ] {
            assert_eq!(easter(year), day(expected));
        }
    }

    #[test]
    fn holidays_are_the_eleven_of_the_labour_code() {
        let year_2026: Vec<NaiveDate> =
            day("2026-01-01").iter_days().take(365).filter(|day| is_holiday(*day)).collect();
        assert_eq!(year_2026.len(), 11);
        assert!(year_2026.contains(&day("2026-05-14")), "Ascension Thursday");
        assert!(year_2026.contains(&day("2026-05-25")), "Whit Monday");
    }

    #[test]
    fn the_business_day_changes_at_midnight_in_paris() {
        assert_eq!(day_in_paris(at("2026-01-31T22:59:59Z")), day("2026-01-31"));
        assert_eq!(day_in_paris(at("2026-01-31T23:00:00Z")), day("2026-02-01"));
        assert_eq!(day_in_paris(at("2026-07-31T21:59:59Z")), day("2026-07-31"));
        assert_eq!(day_in_paris(at("2026-07-31T22:00:00Z")), day("2026-08-01"));
    }

    #[test]
    fn opening_waits_for_the_next_working_morning() {
        // Friday 17:59 leaves at once, 18:00 waits for Monday, through the change to summer time.
        assert_eq!(next_opening(at("2026-03-27T16:59:00Z")), at("2026-03-27T16:59:00Z"));
        assert_eq!(next_opening(at("2026-03-27T17:00:00Z")), at("2026-03-30T06:00:00Z"));
        // Easter Monday is skipped.
        assert_eq!(next_opening(at("2026-04-05T12:00:00Z")), at("2026-04-07T06:00:00Z"));
        // Before opening the same day.
        assert_eq!(next_opening(at("2026-11-23T06:59:59Z")), at("2026-11-23T07:00:00Z"));
    }

    #[test]
    fn an_hour_that_spring_skips_is_the_first_after_the_gap() {
        let half_past_two = NaiveTime::from_hms_opt(2, 30, 0).expect("a time");
        assert_eq!(instant_in_paris(day("2026-03-29"), half_past_two), at("2026-03-29T01:00:00Z"));
        assert_eq!(instant_in_paris(day("2026-10-25"), half_past_two), at("2026-10-25T00:30:00Z"));
    }
}
