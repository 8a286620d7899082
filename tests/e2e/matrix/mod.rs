//! Everybody at everything: each role, held at each place, against each field of each object, each list, mutation and
//! subscription, at its own structure, below, above, beside and elsewhere. What must come of it is worked out from the
//! table of rights alone (`schema::foundation::policy::reach`).

mod actors;
mod changes;
mod furniture;
mod objects;

use std::collections::BTreeMap;

use schema::foundation::policy::{Action, Reach, reach};

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

/// Whether the table lets an actor do something at a place; without a place, anywhere at all.
fn may(actor: &Actor, action: Action, place: Option<Place>) -> bool {
    match reach(actor.role, action) {
        Reach::Nowhere => false,
        Reach::Everywhere => true,
        Reach::Subtree => {
            place.is_none_or(|(_, path)| actor.at.is_some_and(|at| path.contains(&at)))
        }
    }
}

/// What was looked at, and what was found to be otherwise than the table says.
#[derive(Default)]
struct Cells {
    /// By action: cells that had to be open, and those that had to be closed.
    by_action: BTreeMap<String, (usize, usize)>,
    wrong: Vec<String>,
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

    fn total(&self) -> usize {
        self.by_action.values().map(|(open, closed)| open + closed).sum()
    }
}

#[tokio::test]
async fn the_api_lets_everybody_do_what_the_table_says_and_nothing_else() {
    let (world, furniture) = furniture::furnish().await;
    let actors = actors::all(&world).await;
    let mut cells = Cells::default();
    for actor in &actors {
        objects::look(actor, &furniture, &mut cells).await;
    }
    // Only then: what is allowed may change something.
    for actor in &actors {
        changes::try_all(actor, &furniture, &mut cells).await;
    }
    changes::listen(&world, &actors, &mut cells).await;
    let shown = cells.wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(cells.wrong.is_empty(), "{} cells are wrong:\n{shown}", cells.wrong.len());
    assert!(cells.total() >= 20_000, "{} cells", cells.total());
    // A guard that were gone would open closed cells: each has some that would tell.
    for action in Action::ALL {
        let (open, closed) =
            cells.by_action.get(&format!("{action:?}")).copied().unwrap_or_default();
        let public = reach(None, *action) == Reach::Everywhere;
        assert!(open > 0, "{action:?} is never allowed here");
        assert!(closed > 0 || public, "{action:?} is never refused here");
    }
    eprintln!("{} cells: {:?}", cells.total(), cells.by_action);
    world.end_anyhow().await;
}
