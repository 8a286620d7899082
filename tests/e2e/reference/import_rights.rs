//! Who may import what: a network head within the own network, the national team everywhere.

use tests::World;
use tests::people::{A, B, C, DIRECTION, OTHER_ROOT, ROOT};
use tests::world::Plan;

use super::file::{self, done, everything, faults, file, kept_out, line};

fn of_cpam(code: &str, parent: &str) -> String {
    line(code, parent).replace(";CAF;", ";CPAM;")
}

#[tokio::test]
async fn only_network_heads_and_the_national_team_import() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let before = everything(&world).await;
    let csv = file(&[line("NOUVEAU1", DIRECTION)]);
    assert_eq!(kept_out(&world.alice, &csv).await, "UNAUTHENTICATED");
    // Elise manages the direction that the new structure would hang under: still not hers to add.
    for name in ["bruno", "david", "elise", "gaelle", "iris", "jonas"] {
        assert_eq!(kept_out(&world.person(name).await, &csv).await, "FORBIDDEN", "{name}");
    }
    assert_eq!(everything(&world).await, before);
    assert_eq!(done(&world.person("farid").await, &csv).await, [1, 1, 0, 0]);
    assert_eq!(
        done(&world.person("henri").await, &file(&[of_cpam("NOUVEAU2", OTHER_ROOT)])).await,
        [1, 1, 0, 0]
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_network_head_changes_nothing_outside_the_network() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let farid = world.person("farid").await;
    let before = everything(&world).await;
    let foreign = "FILE_LINE csv.2: Ligne 2 : cette structure est hors de votre réseau.";
    let other = "FILE_LINE csv.2: Ligne 2 : le réseau diffère de celui de la structure parente.";
    let kept = "FILE_LINE csv.2: Ligne 2 : des structures en dessous, absentes du fichier, sont d'un autre réseau.";
    for (why, lines, told) in [
        ("a structure of the other network", vec![of_cpam(C, OTHER_ROOT)], vec![foreign]),
        ("a new one below the other network", vec![of_cpam("NOUVEAU1", C)], vec![foreign]),
        ("the other network's root", vec![of_cpam(OTHER_ROOT, "")], vec![foreign]),
        ("a new network root", vec![line("NOUVEAU1", "")], vec![foreign]),
        ("a new root in the other network", vec![of_cpam("NOUVEAU1", "")], vec![foreign]),
        ("a structure taken from the other network", vec![line(C, DIRECTION)], vec![foreign]),
        ("a structure made a root of its own", vec![line(A, "")], vec![foreign]),
        ("a structure moved out of reach", vec![of_cpam(A, OTHER_ROOT)], vec![foreign]),
        ("the own root moved out of reach", vec![of_cpam(ROOT, OTHER_ROOT)], vec![kept, foreign]),
        ("the own root given to the other network", vec![of_cpam(ROOT, "")], vec![kept, foreign]),
        (
            "another network's label below the own root",
            vec![of_cpam("NOUVEAU1", ROOT)],
            vec![other],
        ),
        ("both at once", vec![line("NOUVEAU1", C)], vec![other, foreign]),
    ] {
        assert_eq!(faults(&farid, &file(&lines)).await, told, "{why}");
    }
    // Not even with everything below it.
    let all =
        [of_cpam(ROOT, ""), of_cpam(DIRECTION, ROOT), of_cpam(A, DIRECTION), of_cpam(B, DIRECTION)];
    assert_eq!(faults(&farid, &file(&all)).await, [foreign]);
    // A foreign parent that is in the file too is no way in.
    let ladder = file(&[line("NOUVEAU1", "NOUVEAU2"), line("NOUVEAU2", "")]);
    assert_eq!(
        faults(&farid, &ladder).await,
        ["FILE_LINE csv.3: Ligne 3 : cette structure est hors de votre réseau."]
    );
    assert_eq!(everything(&world).await, before);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_tree_stays_in_one_network_even_for_the_national_team() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let henri = world.person("henri").await;
    let before = everything(&world).await;
    let kept = "FILE_LINE csv.2: Ligne 2 : des structures en dessous, absentes du fichier, sont d'un autre réseau.";
    // Only the direction's own line changes network: it no longer fits above, nor A and B below.
    let told = faults(&henri, &file(&[of_cpam(DIRECTION, ROOT)])).await;
    assert_eq!(
        told,
        ["FILE_LINE csv.2: Ligne 2 : le réseau diffère de celui de la structure parente.", kept]
    );
    assert_eq!(faults(&henri, &file(&[of_cpam(DIRECTION, OTHER_ROOT)])).await, [kept]);
    assert_eq!(faults(&henri, &file(&[of_cpam(ROOT, "")])).await, [kept]);
    assert_eq!(everything(&world).await, before);

    // With all that is below it, the direction may move to the other network.
    let whole =
        file(&[of_cpam(DIRECTION, OTHER_ROOT), of_cpam(A, DIRECTION), of_cpam(B, DIRECTION)]);
    assert_eq!(done(&henri, &whole).await, [3, 0, 3, 0]);
    assert_eq!(
        faults(&world.person("farid").await, &whole).await.len(),
        3,
        "Farid's network lost it"
    );
    // A new network gets its root from the national team.
    assert_eq!(
        done(
            &henri,
            &format!("{}\nMSA00001;MSA;Réseau;MSA;;75000;Paris;75;Île-de-France", file::HEADER)
        )
        .await,
        [1, 1, 0, 0]
    );
    world.end_anyhow().await;
}
