//! Random histories of one committee, told through the API and the mailbox: whatever happens, each person is
//! asked at most once for each stage of each start, in its time, and never for an event that is off or past.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tests::{Client, World};

use super::{invite, local, official, people, plan, press, token, users};

const FIRST: TimeDelta = TimeDelta::hours(72);
const SECOND: TimeDelta = TimeDelta::hours(24);

/// What the test knows of the committee, beside the product.
struct Known {
    id: String,
    start: DateTime<Utc>,
    /// When everybody was last invited, to the present start.
    invited_at: Option<DateTime<Utc>>,
    cancelled: bool,
    /// Requests by address and start.
    asked: HashMap<(String, DateTime<Utc>), usize>,
    /// The newest links of each person: yes, no.
    links: HashMap<String, (String, String)>,
}

impl Known {
    /// Reads the mailbox after a step and empties it; `expected` were awaiting an answer before it.
    fn read(&mut self, world: &World, expected: &[String]) {
        let now = world.clock.now();
        for mail in world.mailbox.all() {
            if mail.text.contains("/invitations/") {
                self.links.insert(mail.to.clone(), (token(&mail, true), token(&mail, false)));
            }
            if !mail.subject.starts_with("À confirmer") {
                continue;
            }
            let told = format!("{} to {} at {now}, start {}", mail.subject, mail.to, self.start);
            assert!(!self.cancelled, "{told}");
            assert!(self.start - FIRST <= now && now < self.start, "{told}");
            let name = mail.to.split('@').next().unwrap().to_owned();
            assert!(expected.contains(&name), "{told}: had answered, or was not invited");
            let count = self.asked.entry((mail.to.clone(), self.start)).or_default();
            *count += 1;
            // A stage that was due when the invitation left was asked by the invitation.
            let stages = [FIRST, SECOND]
                .iter()
                .filter(|before| {
                    let due = self.start - **before;
                    due <= now && self.invited_at.is_some_and(|at| at < due)
                })
                .count();
            assert!(*count <= stages, "{told}: {count} requests");
        }
        // Nobody who should have been asked by now was forgotten.
        let due = self.start - FIRST;
        let in_time = self.invited_at.is_some_and(|at| at < due);
        if !self.cancelled && in_time && (due..self.start).contains(&now) {
            for name in expected {
                let asked = self.asked.iter().any(|((to, start), _)| {
                    to.split('@').next() == Some(name) && *start == self.start
                });
                assert!(asked, "{name} was not asked for {} by {now}", self.start);
            }
        }
        world.mailbox.empty();
    }
}

/// Those invited who neither confirmed nor declined.
async fn expected(who: &Client, known: &Known) -> Vec<String> {
    if known.invited_at.is_none() {
        return vec![];
    }
    let awaited = |person: &&String| person.ends_with("PENDING") || person.ends_with("ACCEPTED");
    let people = people(who, &known.id).await;
    people.iter().filter(awaited).map(|p| p.split(' ').next().unwrap().to_owned()).collect()
}

async fn history(seed: u64) {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let start = world.clock.now() + TimeDelta::hours(chance.random_range(2..200));
    let id = plan(&bruno, local(&start.to_rfc3339())).await;
    let mayor = official(&bruno, "mairesse").await;
    let mut known = Known {
        id,
        start,
        invited_at: None,
        cancelled: false,
        asked: HashMap::new(),
        links: HashMap::new(),
    };
    for _ in 0..16 {
        // Sessions are shorter than histories.
        let bruno = world.person("bruno").await;
        let before = expected(&bruno, &known).await;
        let now = world.clock.now();
        let open = !known.cancelled && now < known.start;
        match chance.random_range(0..10) {
            0..=1 if open && known.invited_at.is_none() => {
                let mut list = users(6);
                list.push(json!({ "role": "ELECTED", "official": mayor }));
                invite(&bruno, &known.id, list).await;
                known.invited_at = Some(now);
                world.settle().await;
                // Those just invited may be asked by the second stage at once, at most.
                let after = expected(&bruno, &known).await;
                known.read(&world, &after);
                continue;
            }
            2 if open => {
                let start = now + TimeDelta::hours(chance.random_range(1..200));
                let input = json!({ "id": known.id, "startsAt": start.to_rfc3339() });
                assert_eq!(bruno.refusals("committeeMove", input).await, [""; 0], "seed {seed}");
                known.start = start;
                known.invited_at = known.invited_at.map(|_| now);
                world.settle().await;
                let after = expected(&bruno, &known).await;
                known.read(&world, &after);
                continue;
            }
            3 if open && chance.random_bool(0.3) => {
                let input = json!({ "id": known.id, "reason": "Empêchement" });
                assert_eq!(bruno.refusals("committeeCancel", input).await, [""; 0], "seed {seed}");
                known.cancelled = true;
            }
            4..=5 => {
                let name = format!("u{}@usager.test", chance.random_range(1..=6));
                if let Some((yes, no)) = known.links.get(&name) {
                    press(&world, if chance.random_bool(0.7) { yes } else { no }).await;
                }
            }
            _ => world.later(TimeDelta::minutes(chance.random_range(10..2400))).await,
        }
        world.settle().await;
        known.read(&world, &before);
    }
    world.end_anyhow().await;
}

#[tokio::test]
async fn no_history_asks_anybody_twice_too_late_or_in_vain() {
    // Seeds, so that a failure can be played again.
    for seed in 1..=12 {
        history(seed).await;
    }
}
