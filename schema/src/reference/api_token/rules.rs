//! What a token looks like, how long it lives, what it may do, and when its owner is told. Pure functions.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::error::Error;
use super::model::{ApiToken, ApiTokenState, NoticeStage};
use crate::foundation::actor::Grant;
use crate::foundation::calendar::{day_in_paris, is_working_day, next_opening, start_of_day};
use crate::foundation::policy::{Action, Reach, reach};
use crate::foundation::secret::Secret;

/// What every token starts with, so that programs that look for secrets in code and logs find it.
const MARK: &str = "spp_";
/// Length of a token: its mark and the 43 characters of the secret. Tokens of sessions are shorter, so none
/// of them is ever taken for one of these.
const LENGTH: usize = MARK.len() + 43;
/// Characters of the secret that are kept and shown (ours): 48 of its 256 bits.
const SHOWN: usize = 8;
/// Longest name, in characters (ours).
pub const NAME_LENGTH: usize = 100;
/// Days a token lasts when nobody says (ours).
pub const USUAL_DAYS: u64 = 365;
/// Days a token lasts at most (ours): one that lasts for ever is forgotten somewhere.
pub const MOST_DAYS: u64 = 366;
/// How long a renewed token goes on beside the new one (ours), so that programs can change over.
pub const OVERLAP: TimeDelta = TimeDelta::days(7);
/// The last use is written down this often (ours): reads must not become writes.
pub const USE_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Whether something has the shape of an API token.
pub fn is_token(given: &Secret) -> bool {
    given.len() == LENGTH && given.expose().starts_with(MARK)
}

/// The token around a new secret.
pub fn token(secret: &Secret) -> Secret {
    Secret::new(format!("{MARK}{}", secret.expose()))
}

/// The part of a secret that is kept to tell tokens apart.
pub fn prefix(secret: &Secret) -> String {
    secret.expose().chars().take(SHOWN).collect()
}

/// How a token is shown to people, by the part that is kept.
pub fn shown(prefix: &str) -> String {
    format!("{MARK}{prefix}")
}

/// Where a token stands.
pub fn state(token: &ApiToken, now: DateTime<Utc>) -> ApiTokenState {
    if token.revoked_at.is_some() {
        ApiTokenState::Revoked
    } else if token.expires_at <= now {
        ApiTokenState::Expired
    } else {
        ApiTokenState::Active
    }
}

/// When a token expires whose last day is asked for: at the end of that day in Europe/Paris.
///
/// # Errors
/// [`Error::Expiry`] for a day that is past, or too far.
pub fn expiry(asked: Option<NaiveDate>, today: NaiveDate) -> Result<DateTime<Utc>, Error> {
    let last = today + Days::new(MOST_DAYS);
    let day = asked.unwrap_or(today + Days::new(USUAL_DAYS));
    if (today..=last).contains(&day) {
        Ok(start_of_day(day + Days::new(1)))
    } else {
        Err(Error::Expiry { first: today, last })
    }
}

/// The last day on which a token is accepted, in Europe/Paris.
pub fn last_day(expires_at: DateTime<Utc>) -> NaiveDate {
    day_in_paris(expires_at - TimeDelta::microseconds(1))
}

/// Whether a use at this moment is to be written down.
pub fn is_noted(last_used_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last_used_at.is_none_or(|last| now - last >= USE_NOTED_EVERY)
}

/// The owner's roles within the subtree of a token: one held above holds at the root, one held within stays, one
/// held elsewhere is gone. Roles that hold everywhere stay, and the policy keeps them within. `paths` has the
/// path of every structure concerned.
pub fn narrowed(grants: Vec<Grant>, root: i64, paths: &HashMap<i64, Vec<i64>>) -> Vec<Grant> {
    let under = |structure: i64, above: i64| {
        paths.get(&structure).is_some_and(|path: &Vec<i64>| path.contains(&above))
    };
    let within = |grant: Grant| match grant.structure_id {
        None => Some(grant),
        Some(place) if under(root, place) => Some(Grant { structure_id: Some(root), ..grant }),
        Some(place) if under(place, root) => Some(grant),
        Some(_) => None,
    };
    grants.into_iter().filter_map(within).collect()
}

/// Whether narrowed roles still let the owner keep a token of this root. Once they do not, it stops.
pub fn is_kept(narrowed: &[Grant], root: i64) -> bool {
    narrowed.iter().any(|grant| match reach(Some(grant.role), Action::ManageApiTokens) {
        Reach::Everywhere => true,
        Reach::Subtree => grant.structure_id == Some(root),
        Reach::Nowhere => false,
    })
}

impl NoticeStage {
    /// Days before the last one at which the owner is told at the latest.
    pub const fn days(self) -> i64 {
        match self {
            Self::Month => 30,
            Self::Week => 7,
            Self::Day => 1,
        }
    }
}

/// When a notice leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// The instant.
    pub at: DateTime<Utc>,
    /// Its day in Europe/Paris.
    pub day: NaiveDate,
    /// The first day after it on which another could leave.
    pub next: NaiveDate,
}

impl Departure {
    /// The departure of a notice that is written at an instant.
    pub fn of(written: DateTime<Utc>, quiet_hours: bool) -> Self {
        let at = if quiet_hours { next_opening(written) } else { written };
        let day = day_in_paris(at);
        let mut next = day + Days::new(1);
        while quiet_hours && !is_working_day(next) {
            next = next + Days::new(1);
        }
        Self { at, day, next }
    }

    /// The notice that is due to leave now, if any: of several that were missed, the most urgent. A notice leaves on
    /// the last day that is a month, a week or a day before the token's last one, so that no week-end makes it late. A
    /// token that was made for less than that has none: its owner has just been told.
    pub fn notice(&self, token: &ApiToken) -> Option<NoticeStage> {
        let last = last_day(token.expires_at);
        if last < self.day {
            return None;
        }
        let life = (last - day_in_paris(token.created_at)).num_days();
        let left_next = (last - self.next).num_days();
        [NoticeStage::Day, NoticeStage::Week, NoticeStage::Month]
            .into_iter()
            .find(|stage| left_next < stage.days())
            .filter(|stage| life > stage.days())
    }

    /// Every token with a notice due expires at or before this instant.
    pub fn horizon(&self) -> DateTime<Utc> {
        start_of_day(self.next + Days::new(30))
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::ApiTokenAccess;
    use super::*;
    use crate::foundation::policy::Role;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn lasting(created: &str, last: &str) -> ApiToken {
        ApiToken {
            id: 1,
            account_id: 1,
            name: "Entrepôt".into(),
            prefix: "AbCdEfGh".into(),
            access: ApiTokenAccess::Read,
            structure_id: 1,
            created_at: at(created),
            expires_at: start_of_day(day(last) + Days::new(1)),
            last_used_at: None,
            revoked_at: None,
        }
    }

    #[test]
    fn a_token_has_its_mark_and_no_session_has_its_length() {
        let (secret, shaped) = ("x".repeat(43), |text: &str| is_token(&Secret::new(text)));
        let made = token(&Secret::new(&*secret));
        assert!(is_token(&made));
        assert!(made.expose().starts_with(&shown(&prefix(&Secret::new(&*secret)))));
        // A session's token may start with anything.
        assert!(!shaped(&format!("spp_{}", "x".repeat(39))));
        assert!(!shaped(&secret) && !shaped(&format!("spp-{secret}")) && !shaped(""));
    }

    #[test]
    fn a_token_lasts_to_the_end_of_its_day_in_paris_and_a_year_at_most() {
        let today = day("2026-01-12");
        assert_eq!(expiry(Some(today), today), Ok(at("2026-01-12T23:00:00Z")));
        assert_eq!(expiry(Some(day("2026-07-01")), today), Ok(at("2026-07-01T22:00:00Z")));
        assert_eq!(expiry(None, today), Ok(at("2027-01-12T23:00:00Z")));
        assert!(expiry(Some(day("2027-01-13")), today).is_ok());
        let wrong = Err(Error::Expiry { first: today, last: day("2027-01-13") });
        assert_eq!(expiry(Some(day("2027-01-14")), today), wrong);
        assert_eq!(expiry(Some(day("2026-01-11")), today), wrong);
        assert_eq!(last_day(at("2026-01-12T23:00:00Z")), today);
        // The overlap of a renewal ends in the middle of a day.
        assert_eq!(last_day(at("2026-01-12T09:00:00Z")), today);
    }

    #[test]
    fn the_last_use_is_written_once_a_minute() {
        let now = at("2026-01-12T09:00:00Z");
        assert!(is_noted(None, now));
        assert!(is_noted(Some(now - TimeDelta::seconds(60)), now));
        assert!(!is_noted(Some(now - TimeDelta::seconds(59)), now));
        // A clock that goes back writes nothing.
        assert!(!is_noted(Some(now + TimeDelta::seconds(1)), now));
    }

    #[test]
    fn roles_are_narrowed_to_the_subtree_and_never_widened() {
        // 1 is above 2 and 5; 2 is above 3.
        let paths =
            HashMap::from([(1, vec![1]), (2, vec![1, 2]), (3, vec![1, 2, 3]), (5, vec![1, 5])]);
        let grant = |role, structure_id| Grant { role, structure_id };
        let held = vec![
            grant(Role::NetworkHead, Some(1)),
            grant(Role::Manager, Some(3)),
            grant(Role::Manager, Some(5)),
            grant(Role::Agent, Some(9)),
            grant(Role::National, None),
        ];
        let expected = [
            grant(Role::NetworkHead, Some(2)),
            grant(Role::Manager, Some(3)),
            grant(Role::National, None),
        ];
        assert_eq!(narrowed(held, 2, &paths), expected);
        assert!(is_kept(&expected[..1], 2) && is_kept(&expected[2..], 2));
        assert!(!is_kept(&expected[1..2], 2), "below the root is not enough");
        assert!(!is_kept(&[grant(Role::Agent, Some(2))], 2));
        assert!(!is_kept(&[], 2));
    }

    #[test]
    fn notices_leave_a_month_a_week_and_a_day_before() {
        // The last day is a Friday.
        let token = lasting("2026-01-12T08:00:00Z", "2026-03-13");
        for (today, expected) in [
            ("2026-02-10", None),
            ("2026-02-11", Some(NoticeStage::Month)),
            ("2026-03-05", Some(NoticeStage::Month)),
            ("2026-03-06", Some(NoticeStage::Week)),
            ("2026-03-11", Some(NoticeStage::Week)),
            ("2026-03-12", Some(NoticeStage::Day)),
            ("2026-03-13", Some(NoticeStage::Day)),
            ("2026-03-16", None),
        ] {
            let departure = Departure::of(at(&format!("{today}T09:00:00Z")), true);
            assert_eq!(departure.notice(&token), expected, "{today}");
            let due = expected.is_some();
            assert!(!due || token.expires_at <= departure.horizon(), "{today}");
        }
    }

    #[test]
    fn no_week_end_makes_a_notice_late() {
        // Sunday is the last day: the notice of the day before leaves on Friday.
        let token = lasting("2026-01-12T08:00:00Z", "2026-03-15");
        let friday = Departure::of(at("2026-03-13T09:00:00Z"), true);
        assert_eq!(friday.notice(&token), Some(NoticeStage::Day));
        // On Saturday it could only leave on Monday, too late.
        let saturday = Departure::of(at("2026-03-14T09:00:00Z"), true);
        assert_eq!((saturday.day, saturday.notice(&token)), (day("2026-03-16"), None));
        // Without quiet hours every day is good.
        let friday = Departure::of(at("2026-03-13T09:00:00Z"), false);
        assert_eq!(friday.notice(&token), Some(NoticeStage::Week));
    }

    #[test]
    fn a_short_life_has_no_notice_that_is_as_long() {
        let now = "2026-01-12T08:00:00Z";
        for (last, expected) in [
            ("2026-01-13", None),
            ("2026-01-14", None),
            ("2026-01-19", None),
            ("2026-01-20", None),
            ("2026-02-11", None),
        ] {
            let token = lasting(now, last);
            assert_eq!(Departure::of(at(now), true).notice(&token), expected, "{last}");
        }
        let token = lasting(now, "2026-01-19");
        let eve = Departure::of(at("2026-01-16T09:00:00Z"), true);
        assert_eq!(eve.notice(&token), Some(NoticeStage::Day), "Monday is its last day");
    }
}
