//! When ticks are planned. Pure functions of a pattern and instants.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Europe::Paris;
use chrono_tz::Tz;
use croner::{Cron, Direction};

use super::model::{Beginning, MissedTicks, Schedule};

/// In the hour that autumn repeats, occurrences do not come in order: look this much around.
const AROUND: TimeDelta = TimeDelta::hours(3);
/// Ticks looked at in one go; an outage longer than this many ticks is caught up in several.
const MANY: usize = 10_000;

/// Every instant in `(after, until]` at which a pattern plans a tick, in order. Nothing for a pattern
/// that cannot be read; a test reads them all.
pub fn ticks(pattern: &str, after: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let Ok(cron) = Cron::from_str(pattern) else { return vec![] };
    let start = whole_second(after - AROUND);
    let mut found: Vec<DateTime<Utc>> = cron
        .iter_from(start, Direction::Forward)
        .map(|tick| tick.with_timezone(&Utc))
        .take_while(|tick| *tick <= until + AROUND)
        .filter(|tick| *tick > after && *tick <= until)
        .take(MANY)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// In Paris, without the fraction of a second: croner carries it into every occurrence.
fn whole_second(at: DateTime<Utc>) -> DateTime<Tz> {
    at.with_nanosecond(0).unwrap_or(at).with_timezone(&Paris)
}

/// The first tick after an instant.
pub fn next(pattern: &str, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let cron = Cron::from_str(pattern).ok()?;
    let start = whole_second(after - AROUND);
    cron.iter_from(start, Direction::Forward)
        .map(|tick| tick.with_timezone(&Utc))
        .filter(|tick| *tick > after)
        .take(16)
        .min()
}

/// The last tick at or before an instant.
pub fn previous(pattern: &str, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let cron = Cron::from_str(pattern).ok()?;
    let start = whole_second(until + AROUND);
    cron.iter_from(start, Direction::Backward)
        .map(|tick| tick.with_timezone(&Utc))
        .filter(|tick| *tick <= until)
        .take(16)
        .max()
}

/// Where a schedule stands before its first tick on a new database.
pub fn beginning(schedule: &Schedule, now: DateTime<Utc>) -> DateTime<Utc> {
    let last = previous(schedule.cron, now).unwrap_or(now);
    match schedule.beginning {
        Beginning::PreviousTick => last - TimeDelta::microseconds(1),
        Beginning::NextTick => last,
    }
}

/// Which of the ticks that came become jobs.
pub fn caught_up(missed: MissedTicks, ticks: &[DateTime<Utc>]) -> &[DateTime<Utc>] {
    match missed {
        MissedTicks::All => ticks,
        MissedTicks::Latest => &ticks[ticks.len().saturating_sub(1)..],
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::SCHEDULES;
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn every_pattern_can_be_read_and_every_name_is_its_own() {
        let now = at("2026-11-22T10:00:00Z");
        for (place, schedule) in SCHEDULES.iter().enumerate() {
            let next = next(schedule.cron, now).expect(schedule.name);
            let last = previous(schedule.cron, now).expect(schedule.name);
            assert!(last <= now && now < next && next - last <= TimeDelta::days(1));
            assert!(SCHEDULES[..place].iter().all(|other| other.name != schedule.name));
        }
    }

    #[test]
    fn eight_in_the_morning_is_eight_in_paris_on_both_sides_of_a_change() {
        // Spring: 29 March 2026. Autumn: 25 October 2026.
        let eight = |from, until| ticks("0 8 * * *", at(from), at(until));
        assert_eq!(
            eight("2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z"),
            [at("2026-03-28T07:00:00Z"), at("2026-03-29T06:00:00Z")]
        );
        assert_eq!(
            eight("2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z"),
            [at("2026-10-24T06:00:00Z"), at("2026-10-25T07:00:00Z")]
        );
    }

    #[test]
    fn a_tick_in_the_hour_that_spring_skips_still_comes_and_in_autumn_only_once() {
        assert_eq!(
            ticks("30 2 * * *", at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")),
            [at("2026-03-29T01:00:00Z")]
        );
        assert_eq!(
            ticks("30 2 * * *", at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")).len(),
            1
        );
    }

    /// Ticking minute by minute through a change of hour finds the same ticks as looking once.
    #[test]
    fn small_steps_and_one_long_step_agree_through_the_changes_of_hour() {
        for (start, end) in [
            ("2026-03-28T22:00:00Z", "2026-03-29T06:00:00Z"),
            ("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"),
        ] {
            let (start, end) = (at(start), at(end));
            for pattern in ["*/15 * * * *", "0 * * * *", "30 2 * * *", "30 3 * * *"] {
                let mut stepped = vec![];
                let mut last = start;
                while last < end {
                    let now = last + TimeDelta::minutes(1);
                    stepped.extend(ticks(pattern, last, now));
                    last = now;
                }
                assert_eq!(stepped, ticks(pattern, start, end), "{pattern}");
                assert!(!stepped.is_empty(), "{pattern}");
            }
        }
    }

    #[test]
    fn fractions_of_a_second_never_reach_a_tick() {
        let now = at("2026-11-22T10:00:00.123456Z");
        assert_eq!(next("0 8 * * *", now), Some(at("2026-11-23T07:00:00Z")));
        assert_eq!(previous("0 8 * * *", now), Some(at("2026-11-22T07:00:00Z")));
        assert_eq!(
            previous("0 8 * * *", at("2026-11-22T07:00:00Z")),
            Some(at("2026-11-22T07:00:00Z"))
        );
    }

    #[test]
    fn missed_ticks_are_caught_up_or_merged() {
        let three = ticks("0 8 * * *", at("2026-11-01T00:00:00Z"), at("2026-11-03T12:00:00Z"));
        assert_eq!(three.len(), 3);
        assert_eq!(caught_up(MissedTicks::All, &three), three);
        assert_eq!(caught_up(MissedTicks::Latest, &three), [at("2026-11-03T07:00:00Z")]);
        assert!(caught_up(MissedTicks::Latest, &[]).is_empty());
    }

    #[test]
    fn a_new_installation_reminds_at_once_and_does_not_purge() {
        let now = at("2026-11-22T10:00:00Z");
        let first = |name: &str| {
            let schedule = SCHEDULES.iter().find(|s| s.name == name).expect(name);
            ticks(schedule.cron, beginning(schedule, now), now)
        };
        assert_eq!(first("remind_written_requests"), [at("2026-11-22T07:00:00Z")]);
        assert!(first("purge_operations").is_empty());
    }
}
