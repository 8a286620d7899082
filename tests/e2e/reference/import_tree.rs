//! Trees that cannot be: circles, and more levels than any network has.

use tests::World;
use tests::people::{A, B, DIRECTION, ROOT};
use tests::world::Plan;

use super::file::{done, everything, faults, file, line};

fn fault(number: usize, code: &str, reason: &str) -> Vec<String> {
    vec![format!("FILE_LINE csv.{number}: Ligne {number} : à partir de « {code} », {reason}")]
}

#[tokio::test]
async fn circles_are_refused_wherever_they_close() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let before = everything(&world).await;
    let circle = "les structures parentes forment une boucle.";
    for (why, lines, number, code) in [
        (
            "its own parent",
            vec![line("NOUVEAU1", DIRECTION), line("NOUVEAU2", "NOUVEAU2")],
            3,
            "NOUVEAU2",
        ),
        (
            "two new ones",
            vec![line("NOUVEAU1", "NOUVEAU2"), line("NOUVEAU2", "NOUVEAU1")],
            2,
            "NOUVEAU1",
        ),
        (
            "below a circle",
            vec![
                line("NOUVEAU1", "NOUVEAU2"),
                line("NOUVEAU2", "NOUVEAU3"),
                line("NOUVEAU3", "NOUVEAU2"),
            ],
            3,
            "NOUVEAU2",
        ),
        (
            "a direction below its own agency",
            vec![line(B, DIRECTION), line(DIRECTION, A)],
            3,
            DIRECTION,
        ),
        (
            "through a new structure",
            vec![line("NOUVEAU1", A), line(DIRECTION, "NOUVEAU1")],
            2,
            "NOUVEAU1",
        ),
        ("the root below its own direction", vec![line(ROOT, A)], 2, ROOT),
    ] {
        let told = faults(&farid, &file(&lines)).await;
        // The first line of the circle itself is named, not one that only hangs below it.
        assert_eq!(told, fault(number, code, circle), "{why}");
    }
    let long: Vec<String> = (0..5000)
        .map(|number| {
            line(&format!("RONDE{number:04}"), &format!("RONDE{:04}", (number + 1) % 5000))
        })
        .collect();
    assert_eq!(faults(&farid, &file(&long)).await, fault(2, "RONDE0000", circle));
    assert_eq!(everything(&world).await, before);
    world.end_anyhow().await;
}

#[tokio::test]
async fn ten_levels_are_enough_and_the_line_that_makes_eleven_is_named() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    // Root and direction are two levels; eight more fit.
    let chain = |levels: usize| -> Vec<String> {
        (0..levels)
            .rev()
            .map(|level| {
                line(
                    &format!("NIVEAU{level:02}"),
                    &if level == 0 { DIRECTION.into() } else { format!("NIVEAU{:02}", level - 1) },
                )
            })
            .collect()
    };
    let before = everything(&world).await;
    let deep = "l'arbre dépasse 10 niveaux.";
    assert_eq!(faults(&farid, &file(&chain(9))).await, fault(2, "NIVEAU08", deep));
    assert_eq!(everything(&world).await, before);
    assert_eq!(done(&farid, &file(&chain(8))).await, [8, 8, 0, 0]);

    // A moved structure takes what is below it along: the direction with its eight levels has no place below A's
    // neighbour, and the line that moves it is told, not the innocent one before it.
    let before = everything(&world).await;
    let moved = file(&[line("AILLEURS", ROOT), line("NIVEAU00", B)]);
    assert_eq!(faults(&farid, &moved).await, fault(3, "NIVEAU00", deep));
    assert_eq!(everything(&world).await, before);
    world.end_anyhow().await;
}
