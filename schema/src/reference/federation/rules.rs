//! Who comes in through a provider, and how long each step may take. Pure functions.

use chrono::{DateTime, TimeDelta, Utc};

use super::denial::Denial;
use crate::reference::account::model::AccountRole;
use crate::reference::structure::rules::is_same_line;

/// How long somebody may be at the provider (ours; it lets one look for a forgotten password).
pub const ATTEMPT_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How long the code that a front end exchanges for a session is good (ours).
pub const HANDOVER_LIFE: TimeDelta = TimeDelta::seconds(60);

/// Whether something that lives a while is still good. It may lie ahead a little: another server, with another clock,
/// may have made it.
pub fn is_good(created_at: DateTime<Utc>, life: TimeDelta, now: DateTime<Utc>) -> bool {
    now < created_at + life
}

/// Whether the establishment that a provider names goes with the places where an account has its roles, each given
/// with its ancestors: it is one of them, or lies above or below one. An establishment that we do not know goes with
/// no place. Who has no place, because the roles hold everywhere or there are none, cannot have moved.
pub fn keeps_place(establishment: Option<&[i64]>, places: &[Vec<i64>]) -> bool {
    places.is_empty()
        || establishment.is_some_and(|own| places.iter().any(|place| is_same_line(own, place)))
}

/// Checks that an account that was never linked may be taken for the person with its address: a role of it must lie
/// where the provider says that the person works. Rights that hold everywhere are not given for an address alone, nor
/// beside others that are. `places` are those of the roles.
///
/// # Errors
/// Why not.
pub fn may_link(
    establishment: Option<&[i64]>,
    roles: &[AccountRole],
    places: &[Vec<i64>],
) -> Result<(), Denial> {
    let everywhere = roles.iter().any(|role| role.structure_id.is_none());
    if everywhere || places.is_empty() {
        return Err(Denial::PlaceMissing);
    }
    if keeps_place(establishment, places) { Ok(()) } else { Err(Denial::PersonMoved) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::policy::{AlertChoice, Role};

    fn held(role: Role, structure_id: Option<i64>) -> AccountRole {
        let alerts = AlertChoice::Own;
        AccountRole { id: 1, account_id: 1, role, structure_id, alerts, alerts_since: None }
    }

    #[test]
    fn codes_and_attempts_end_on_the_second() {
        let start: DateTime<Utc> = "2026-01-12T08:00:00Z".parse().unwrap_or_default();
        let after = |seconds| start + TimeDelta::seconds(seconds);
        assert!(is_good(start, HANDOVER_LIFE, start) && is_good(start, HANDOVER_LIFE, after(59)));
        assert!(!is_good(start, HANDOVER_LIFE, after(60)));
        assert!(is_good(start, HANDOVER_LIFE, after(-1)));
    }

    #[test]
    fn a_person_is_known_up_and_down_the_line_of_the_roles_only() {
        let places = [vec![1, 10, 11], vec![2, 20]];
        let roles = [held(Role::Manager, Some(11)), held(Role::Agent, Some(20))];
        for well in [vec![1], vec![1, 10], vec![1, 10, 11], vec![1, 10, 11, 12], vec![2]] {
            let own = Some(well.as_slice());
            assert!(keeps_place(own, &places), "{well:?}");
            assert_eq!(may_link(own, &roles, &places), Ok(()), "{well:?}");
        }
        for elsewhere in [Some(vec![1, 12]), Some(vec![3]), None] {
            assert!(!keeps_place(elsewhere.as_deref(), &places), "{elsewhere:?}");
            let refused = may_link(elsewhere.as_deref(), &roles, &places);
            assert_eq!(refused, Err(Denial::PersonMoved), "{elsewhere:?}");
        }
        // Roles that hold everywhere: whoever was linked comes in, and nobody is linked by an address.
        assert!(keeps_place(None, &[]));
        let missing = Err(Denial::PlaceMissing);
        assert_eq!(may_link(Some(&[1]), &[], &[]), missing);
        assert_eq!(may_link(Some(&[1]), &[held(Role::Moderator, None)], &[]), missing);
        // Nor beside a role at the right place: the others would come with it.
        let both = [held(Role::Agent, Some(11)), held(Role::Moderator, None)];
        assert_eq!(may_link(Some(&[1, 10, 11]), &both, &places), missing);
    }
}
