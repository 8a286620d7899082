//! When each person is asked to confirm (DOMAIN §17.7, C4): the one place that decides it.
//!
//! 72 hours are elapsed hours: across a change of the clock the request leaves at another hour of the day.
//! A plan is armed for one start of the event; moving the event arms another, and whatever was planned for
//! the old start finds here that it has nothing to say.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::model::{CommitteeStatus, ParticipantResponse};

/// « 72h avant l'évènement » (DOMAIN §17.7, C4).
pub const CONFIRM_BEFORE: TimeDelta = TimeDelta::hours(72);

crate::text_enum! {
    /// A request for confirmation.
    ConfirmationStage {
        /// 72 hours before the event.
        First = "FIRST",
        /// Later, by a setting, to those who have still not confirmed.
        Second = "SECOND",
    }
}

/// An event and one person of it, as far as confirmations go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Where the committee stands.
    pub status: CommitteeStatus,
    /// Start of the event.
    pub starts_at: DateTime<Utc>,
    /// Where the person stands.
    pub response: ParticipantResponse,
    /// The start for which the person was last invited; `None` before any invitation.
    pub invited_for: Option<DateTime<Utc>>,
    /// When that was.
    pub invited_at: Option<DateTime<Utc>>,
}

/// The instant from which a stage is due.
pub fn due_at(
    stage: ConfirmationStage,
    starts_at: DateTime<Utc>,
    second_before: TimeDelta,
) -> DateTime<Utc> {
    match stage {
        ConfirmationStage::First => starts_at - CONFIRM_BEFORE,
        ConfirmationStage::Second => starts_at - second_before,
    }
}

/// Whether to ask a person now. Asked once: the ledger of e-mails keeps each stage of each start.
pub fn asks_now(
    stage: ConfirmationStage,
    seat: &Seat,
    now: DateTime<Utc>,
    second_before: TimeDelta,
) -> bool {
    let due = due_at(stage, seat.starts_at, second_before);
    let expected =
        matches!(seat.response, ParticipantResponse::Pending | ParticipantResponse::Accepted);
    seat.status == CommitteeStatus::Planned
        && (due..seat.starts_at).contains(&now)
        && expected
        && seat.invited_for == Some(seat.starts_at)
        // An invitation that left when the stage was due asked by itself.
        && seat.invited_at.is_some_and(|at| at < due)
}

/// Whether an answer given now, or an invitation that leaves now, is about confirming: a plain « yes » is
/// no longer asked for once the first stage is due.
pub fn is_confirming(starts_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= starts_at - CONFIRM_BEFORE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::stage_key;
    use super::*;

    const SECOND: TimeDelta = TimeDelta::hours(24);

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn seat(starts_at: DateTime<Utc>, invited_at: DateTime<Utc>) -> Seat {
        Seat {
            status: CommitteeStatus::Planned,
            starts_at,
            response: ParticipantResponse::Accepted,
            invited_for: Some(starts_at),
            invited_at: Some(invited_at),
        }
    }

    #[test]
    fn the_first_request_leaves_72_elapsed_hours_before_even_across_a_change_of_the_clock() {
        // Sunday 29 March 2026 loses an hour in Paris: 10:00 on Tuesday is 9:00 on Saturday plus 72 hours.
        let start = at("2026-03-31T08:00:00Z");
        let seat = seat(start, at("2026-03-01T08:00:00Z"));
        let due = at("2026-03-28T08:00:00Z");
        let first = ConfirmationStage::First;
        assert!(!asks_now(first, &seat, due - TimeDelta::seconds(1), SECOND));
        assert!(asks_now(first, &seat, due, SECOND));
        assert!(asks_now(first, &seat, start - TimeDelta::seconds(1), SECOND));
        assert!(!asks_now(first, &seat, start, SECOND));
    }

    #[test]
    fn an_invitation_71_hours_ahead_asks_by_itself() {
        let start = at("2026-06-10T08:00:00Z");
        let late = seat(start, start - TimeDelta::hours(71));
        assert!(!asks_now(ConfirmationStage::First, &late, start - TimeDelta::hours(70), SECOND));
        assert!(is_confirming(start, start - TimeDelta::hours(71)));
        // The second request still comes.
        assert!(asks_now(ConfirmationStage::Second, &late, start - TimeDelta::hours(24), SECOND));
    }

    #[test]
    fn who_has_answered_is_left_alone() {
        let start = at("2026-06-10T08:00:00Z");
        let now = start - TimeDelta::hours(10);
        for response in [
            ParticipantResponse::Confirmed,
            ParticipantResponse::Declined,
            ParticipantResponse::Reserve,
        ] {
            let seat = Seat { response, ..seat(start, start - TimeDelta::days(20)) };
            assert!(!asks_now(ConfirmationStage::First, &seat, now, SECOND), "{response:?}");
            assert!(!asks_now(ConfirmationStage::Second, &seat, now, SECOND), "{response:?}");
        }
    }

    /// What may happen to an event, with the hours that pass before it.
    #[derive(Debug, Clone)]
    enum Step {
        Invite,
        /// To so many hours from now, which may lie in the past: then it is refused.
        Move(i64),
        Answer(ParticipantResponse),
        Cancel,
        /// No worker runs for so many hours.
        Wait(i64),
        /// Workers look every hour for so many hours.
        Work(i64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        use ParticipantResponse as R;
        let step = prop_oneof![
            Just(Step::Invite),
            (-50_i64..300).prop_map(Step::Move),
            prop_oneof![Just(R::Accepted), Just(R::Confirmed), Just(R::Declined)]
                .prop_map(Step::Answer),
            Just(Step::Cancel),
            (0_i64..120).prop_map(Step::Wait),
            (0_i64..120).prop_map(Step::Work),
        ];
        prop::collection::vec(step, 1..25)
    }

    /// What happened, in order: the test judges from this alone, and never from a seat.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Fact {
        /// Invited at this instant, to this start.
        Invited(DateTime<Utc>, DateTime<Utc>),
        Answered(ParticipantResponse),
        Cancelled,
    }

    /// The rule in other words: planned, invited to the present start before the stage was due, not settled by
    /// an answer since, and within the stage's hours.
    fn should_ask(
        facts: &[Fact],
        stage: ConfirmationStage,
        start: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        use ParticipantResponse as R;
        let hours = match stage {
            ConfirmationStage::First => 72,
            ConfirmationStage::Second => 24,
        };
        let left = start - now;
        let last = facts.iter().rposition(|fact| matches!(fact, Fact::Invited(..)));
        let Some((Fact::Invited(at, to), since)) =
            last.map(|place| (facts[place], &facts[place + 1..]))
        else {
            return false;
        };
        let answer = since.iter().rev().find_map(|fact| match fact {
            Fact::Answered(response) => Some(*response),
            _ => None,
        });
        !facts.contains(&Fact::Cancelled)
            && to == start
            && start - at > TimeDelta::hours(hours)
            && left > TimeDelta::zero()
            && left <= TimeDelta::hours(hours)
            && !matches!(answer, Some(R::Confirmed | R::Declined))
    }

    proptest! {
        #[test]
        fn each_stage_comes_when_it_should_and_only_then_and_never_twice(
            ahead in 1_i64..300,
            steps in steps(),
        ) {
            let mut now = at("2026-03-20T08:00:00Z");
            let mut seat = Seat {
                status: CommitteeStatus::Planned,
                starts_at: now + TimeDelta::hours(ahead),
                response: ParticipantResponse::Pending,
                invited_for: None,
                invited_at: None,
            };
            let (mut facts, mut ledger, mut sent) = (Vec::new(), BTreeSet::new(), Vec::new());
            for step in steps {
                match step {
                    Step::Invite if seat.status == CommitteeStatus::Planned && now < seat.starts_at => {
                        if seat.invited_for != Some(seat.starts_at) {
                            (seat.invited_for, seat.invited_at) = (Some(seat.starts_at), Some(now));
                            facts.push(Fact::Invited(now, seat.starts_at));
                        }
                    }
                    // A move tells everybody invited: it is an invitation to the new start.
                    Step::Move(hours) if hours > 0 && seat.status == CommitteeStatus::Planned => {
                        seat.starts_at = now + TimeDelta::hours(hours);
                        if seat.invited_for.is_some() {
                            seat.response = ParticipantResponse::Pending;
                            (seat.invited_for, seat.invited_at) = (Some(seat.starts_at), Some(now));
                            facts.push(Fact::Invited(now, seat.starts_at));
                        }
                    }
                    Step::Answer(response) if seat.invited_for.is_some() => {
                        seat.response = response;
                        facts.push(Fact::Answered(response));
                    }
                    Step::Cancel => {
                        seat.status = CommitteeStatus::Cancelled;
                        facts.push(Fact::Cancelled);
                    }
                    Step::Wait(hours) => now += TimeDelta::hours(hours),
                    Step::Work(hours) => for _ in 0..hours {
                        for stage in ConfirmationStage::ALL {
                            let asks = asks_now(*stage, &seat, now, SECOND);
                            let should = should_ask(&facts, *stage, seat.starts_at, now);
                            prop_assert_eq!(asks, should, "{:?} {:?} {:?}", stage, facts, now);
                            if asks && ledger.insert(stage_key(*stage, seat.starts_at)) {
                                sent.push((*stage, seat.starts_at));
                            }
                        }
                        now += TimeDelta::hours(1);
                    },
                    Step::Invite | Step::Move(_) | Step::Answer(_) => {}
                }
            }
            let letters = sent.len();
            sent.sort_by_key(|(stage, start)| (*stage as u8, *start));
            sent.dedup();
            prop_assert_eq!(sent.len(), letters, "a stage of a start has one letter");
        }
    }
}
