//! The workers that live through a storm, and those that do not.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use schema::foundation::clock::Clock;

use super::witness::{Silence, Why};
use crate::process::Process;

/// A worker takes over from nobody before three beats of its own: owners may renew first. Younger than this, and its
/// start included, it does not count as somebody who could.
pub(super) const GROWN: Duration = Duration::from_secs(5);
/// One worker at a time is left alone for so long, because where nobody grows up nobody takes over. Then it is killed, too,
/// as soon as its successor has grown up.
const SPARED: Duration = Duration::from_secs(10);
/// How long a frozen one stays so: longer than a lease.
const FROZEN: Duration = Duration::from_secs(7);

struct Hand {
    process: Process,
    pid: u32,
    born: Instant,
    frozen: Option<Instant>,
}

/// Workers, the oldest first.
pub(super) struct Crew {
    environment: Vec<(String, String)>,
    hands: Vec<Hand>,
    /// Who is spared since when, and its successor while it grows up.
    spared: Vec<(u32, Instant)>,
    /// How many are to be frozen as soon as enough others are there.
    to_freeze: usize,
    clock: Clock,
    /// Since when no grown worker is awake.
    alone: Option<DateTime<Utc>>,
    /// Times without one.
    pub(super) gaps: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Who fell silent.
    pub(super) silences: Vec<Silence>,
}

impl Crew {
    pub(super) fn new(environment: Vec<(String, String)>, workers: usize) -> Self {
        let clock = Clock::system();
        let mut crew = Self {
            environment,
            hands: Vec::new(),
            spared: Vec::new(),
            to_freeze: 0,
            alone: Some(clock.now()),
            clock,
            gaps: Vec::new(),
            silences: Vec::new(),
        };
        (0..workers).for_each(|_| crew.recruit());
        crew
    }

    fn recruit(&mut self) {
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let process = Process::launch("worker", &environment);
        let pid = process.id();
        self.hands.push(Hand { process, pid, born: Instant::now(), frozen: None });
    }

    /// Replaces those that ended by themselves, wakes those that were frozen long enough, and sees to it that
    /// somebody is spared. To be called often.
    pub(super) async fn look(&mut self) {
        self.bury();
        self.wake(FROZEN).await;
        self.spare();
        if self.to_freeze > 0 && self.freeze_one().await {
            self.to_freeze -= 1;
        }
        let grown = |hand: &Hand| hand.frozen.is_none() && hand.born.elapsed() >= GROWN;
        match (self.hands.iter().any(grown), self.alone) {
            (true, Some(since)) => {
                self.gaps.push((since, self.clock.now()));
                self.alone = None;
            }
            (false, None) => self.alone = Some(self.clock.now()),
            _ => {}
        }
    }

    fn bury(&mut self) {
        let now = self.clock.now();
        let before = self.hands.len();
        let silences = &mut self.silences;
        self.hands.retain_mut(|hand| {
            let ended = hand.process.has_ended();
            if ended {
                silences.push(Silence { pid: hand.pid, why: Why::Ended, since: now, until: None });
            }
            !ended
        });
        for _ in self.hands.len()..before {
            self.recruit();
        }
    }

    fn spare(&mut self) {
        let hands = &self.hands;
        self.spared.retain(|(pid, _)| hands.iter().any(|hand| hand.pid == *pid));
        // One that is frozen leaves too few for a successor.
        let complete = hands.iter().all(|hand| hand.frozen.is_none());
        let wanted = match self.spared.as_slice() {
            [] => true,
            [(_, since)] => since.elapsed() >= SPARED && complete,
            _ => false,
        };
        if wanted && let Some(place) = self.others().first() {
            self.spared.push((self.hands[*place].pid, Instant::now()));
        }
    }

    /// Those who are neither spared nor frozen, the oldest first.
    fn others(&self) -> Vec<usize> {
        let open = |hand: &Hand| {
            hand.frozen.is_none() && self.spared.iter().all(|(pid, _)| *pid != hand.pid)
        };
        (0..self.hands.len()).filter(|place| open(&self.hands[*place])).collect()
    }

    /// Wakes those that were frozen for so long.
    pub(super) async fn wake(&mut self, after: Duration) {
        for hand in &mut self.hands {
            if hand.frozen.is_some_and(|since| since.elapsed() >= after) {
                hand.process.signal("CONT").await;
                hand.frozen = None;
                let now = self.clock.now();
                let its = self.silences.iter_mut().rev().find(|one| one.pid == hand.pid);
                if let Some(silence) = its {
                    silence.until = Some(now);
                }
            }
        }
    }

    /// Kills somebody without warning and starts another; `false` when nobody may be killed at this moment.
    pub(super) async fn kill(&mut self, chance: &mut ChaCha8Rng) -> bool {
        let place = match self.spared.as_slice() {
            [(pid, _), (_, since)] if since.elapsed() >= GROWN => {
                let pid = *pid;
                self.hands.iter().position(|hand| hand.pid == pid)
            }
            _ => {
                let others = self.others();
                (!others.is_empty()).then(|| others[chance.random_range(0..others.len())])
            }
        };
        let Some(place) = place else { return false };
        let mut hand = self.hands.remove(place);
        self.silences.push(Silence {
            pid: hand.pid,
            why: Why::Killed,
            since: self.clock.now(),
            until: None,
        });
        hand.process.kill().await;
        self.recruit();
        self.look().await;
        true
    }

    /// Freezes somebody as soon as somebody else is left to be killed; they wake at a later look.
    pub(super) fn freeze(&mut self) {
        self.to_freeze += 1;
    }

    /// Whether somebody was frozen.
    async fn freeze_one(&mut self) -> bool {
        let nobody_yet = self.hands.iter().all(|hand| hand.frozen.is_none());
        let [place, _, ..] = self.others()[..] else { return false };
        let hand = &mut self.hands[place];
        if !nobody_yet || hand.process.has_ended() {
            return false;
        }
        let since = self.clock.now();
        hand.process.signal("STOP").await;
        hand.frozen = Some(Instant::now());
        self.silences.push(Silence { pid: hand.pid, why: Why::Frozen, since, until: None });
        true
    }

    /// Asks everybody to stop in order, and waits until they have: what they say last must count for nothing.
    pub(super) async fn dismiss(&mut self) {
        self.wake(Duration::ZERO).await;
        for hand in &mut self.hands {
            if !hand.process.has_ended() {
                hand.process.stop().await;
            }
        }
        self.gaps.extend(self.alone.take().map(|since| (since, self.clock.now())));
    }
}
