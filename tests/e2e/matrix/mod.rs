//! Everybody at everything: each role, held at each place, and tokens, against each field of each object, each list,
//! question, mutation and subscription, at its own structure, below, above, beside and elsewhere. What must come of it is
//! worked out from the table of rights alone (`schema::foundation::policy::reach`).

mod actors;
mod changes;
mod furniture;
mod objects;
mod questions;

use std::collections::{BTreeMap, BTreeSet};

use schema::foundation::policy::{Action, FIELDS, Reach, needs_person, reach, writes};

use actors::Actor;

/// Where objects are: a code and its ancestors, itself included.
type Place = (&'static str, &'static [&'static str]);

const CHILD: &str = "STRUCTA2";

/// Every place: the root, a direction, a structure, one below it, one beside it, one of another network.
const PLACES: &[Place] = &[
    ("RACINE01", &["RACINE01"]),
    ("DIRECT01", &["RACINE01", "DIRECT01"]),
    ("STRUCTA1", &["RACINE01", "DIRECT01", "STRUCTA1"]),
    (CHILD, &["RACINE01", "DIRECT01", "STRUCTA1", CHILD]),
    ("STRUCTB1", &["RACINE01", "DIRECT01", "STRUCTB1"]),
    ("STRUCTC1", &["RACINE02", "STRUCTC1"]),
];

/// What is about the session or the link that asks, whoever that is: tests of their own.
const ABOUT_THE_SESSION: &[&str] = &[
    "Mutation.sessionCreate",
    "Mutation.sessionExchange",
    "Mutation.sessionDelete",
    "Mutation.committeeRespond",
];

/// So many wrong cells tell what is wrong: the others are not waited for.
const ENOUGH: usize = 20;

/// Whether the table lets an actor do something at a place; without a place, anywhere at all.
fn may(actor: &Actor, action: Action, place: Option<Place>) -> bool {
    if actor.token.is_some_and(|(_, write)| needs_person(action) || writes(action) && !write) {
        return false;
    }
    if reach(None, action) == Reach::Everywhere {
        return true;
    }
    let below = |at: &str| place.is_none_or(|(_, path)| path.contains(&at));
    actor.token.is_none_or(|(root, _)| below(root))
        && actor.roles.iter().any(|(role, at)| match reach(Some(*role), action) {
            Reach::Nowhere => false,
            Reach::Everywhere => true,
            Reach::Subtree => at.is_some_and(below),
        })
}

/// What was looked at, and what was found to be otherwise than the table says.
#[derive(Default)]
struct Cells {
    /// By action: cells that had to be open, and those that had to be closed.
    by_action: BTreeMap<String, (usize, usize)>,
    wrong: Vec<String>,
    /// Root fields that were asked for.
    tried: BTreeSet<String>,
}

impl Cells {
    /// One cell.
    fn count(&mut self, action: Action, expected: bool, found: bool, told: impl Fn() -> String) {
        let (open, closed) = self.by_action.entry(format!("{action:?}")).or_default();
        if expected {
            *open += 1
        } else {
            *closed += 1
        }
        if expected != found {
            self.wrong.push(format!("{action:?}, expected {expected}: {}", told()));
        }
    }

    /// Fails with the cells that are wrong, when they are that many.
    fn hold(&self, enough: usize) {
        let wrong = self.wrong.len();
        assert!(wrong < enough, "{wrong} cells are wrong:\n{}", self.wrong.join("\n"));
    }

    /// Remembers that a root field is asked for: the first word of what is asked.
    fn tried(&mut self, of: &str, asked: &str) {
        let name = asked.split(|letter: char| !letter.is_alphanumeric()).next();
        self.tried.insert(format!("{of}.{}", name.unwrap_or_default()));
    }

    fn total(&self) -> usize {
        self.by_action.values().map(|(open, closed)| open + closed).sum()
    }
}

#[tokio::test]
async fn the_api_lets_everybody_do_what_the_table_says_and_nothing_else() {
    let (world, mut furniture) = furniture::furnish().await;
    let actors = actors::all(&world, &mut furniture).await;
    let mut cells = Cells::default();
    for actor in &actors {
        objects::look(actor, &furniture, &mut cells).await;
        questions::ask(actor, &furniture, &mut cells).await;
        cells.hold(ENOUGH);
    }
    // Only then: what is allowed may change something.
    for actor in &actors {
        changes::try_all(actor, &furniture, &mut cells).await;
        cells.hold(ENOUGH);
    }
    changes::listen(&world, &actors, &mut cells).await;
    changes::listen_in_public(&world, &actors, &furniture, &mut cells).await;
    cells.hold(1);
    assert!(cells.total() >= 20_000, "{} cells", cells.total());
    // A guard that were gone would open closed cells: each has some that would tell.
    for action in Action::ALL {
        let (open, closed) =
            cells.by_action.get(&format!("{action:?}")).copied().unwrap_or_default();
        let public = reach(None, *action) == Reach::Everywhere;
        assert!(open > 0, "{action:?} is never allowed here");
        assert!(closed > 0 || public, "{action:?} is never refused here");
    }
    let forgotten: Vec<_> = FIELDS
        .iter()
        .filter(|(field, _)| !cells.tried.contains(*field) && !ABOUT_THE_SESSION.contains(field))
        .collect();
    assert!(forgotten.is_empty(), "nobody asked for {forgotten:?}");
    eprintln!("{} cells: {:?}", cells.total(), cells.by_action);
    world.end_anyhow().await;
}
