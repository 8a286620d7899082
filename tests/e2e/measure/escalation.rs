//! Who is told: the structure's managers, those above who asked for everything, and from the third reminder
//! on the direction's, unless they want no alert at all.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::foundation::policy::{AlertChoice, Role};
use schema::tables::{account, account_role, structure};
use tests::World;
use tests::people::{A, DIRECTION, ROOT, address};

use super::desk::{at, choose, letter, register, world_from};
use super::post::page;

/// A letter of Monday 5 January: alert on Friday the 16th, reminders on Tuesdays from the 20th on.
async fn unanswered(world: &World) {
    register(&world.person("bruno").await, letter(A, "2026-01-05")).await;
}

/// Who was told on the morning of each stage, and on the one after it.
async fn people(world: &World) -> Vec<String> {
    let mut people = Vec::new();
    for stage in ["2026-01-16", "2026-01-20", "2026-01-27", "2026-02-03", "2026-02-10"] {
        world.clock.set(at(&format!("{stage}T07:02:00Z")));
        world.later(TimeDelta::zero()).await;
        people.extend(page(world).await);
        world.later(TimeDelta::days(1)).await;
        people.extend(page(world).await);
    }
    people.iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

const DAVID: [&str; 5] = [
    "2026-01-16 david",
    "2026-01-20 david",
    "2026-01-27 david",
    "2026-02-03 david",
    "2026-02-10 david",
];

fn expected(others: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = DAVID.iter().chain(others).map(|line| (*line).to_owned()).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_director_who_wants_her_own_only_hears_from_the_third_reminder_on() {
    let world = world_from("2026-01-12T07:02:00Z").await;
    choose(&world.person("elise").await, DIRECTION, "OWN").await;
    unanswered(&world).await;
    assert_eq!(people(&world).await, expected(&["2026-02-03 elise", "2026-02-10 elise"]));
    world.end().await;
}

#[tokio::test]
async fn a_director_who_declined_is_never_told() {
    let world = world_from("2026-01-12T07:02:00Z").await;
    choose(&world.person("elise").await, DIRECTION, "NONE").await;
    unanswered(&world).await;
    assert_eq!(people(&world).await, expected(&[]));
    world.end().await;
}

#[tokio::test]
async fn a_director_who_asked_for_all_below_her_hears_from_the_start() {
    let world = world_from("2026-01-12T07:02:00Z").await;
    unanswered(&world).await;
    let elise = [
        "2026-01-16 elise",
        "2026-01-20 elise",
        "2026-01-27 elise",
        "2026-02-03 elise",
        "2026-02-10 elise",
    ];
    assert_eq!(people(&world).await, expected(&elise));
    world.end().await;
}

/// Adds a manager; gives her account.
async fn manager(world: &World, name: &str, of: &str, alerts: AlertChoice) -> i64 {
    let mut conn = world.conn().await;
    let place: i64 = structure::table
        .filter(structure::code.eq(of))
        .select(structure::id)
        .first(&mut conn)
        .await
        .unwrap();
    let id: i64 = diesel::insert_into(account::table)
        .values((
            account::email.eq(address(name)),
            account::display_name.eq(name),
            account::password_hash.eq(""),
            account::created_at.eq(world.clock.now()),
        ))
        .returning(account::id)
        .get_result(&mut conn)
        .await
        .unwrap();
    diesel::insert_into(account_role::table)
        .values((
            account_role::account_id.eq(id),
            account_role::role.eq(Role::Manager),
            account_role::structure_id.eq(place),
            account_role::alerts.eq(alerts),
        ))
        .execute(&mut conn)
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn escalation_stops_one_level_up_and_forgets_those_who_left() {
    let world = world_from("2026-01-12T07:02:00Z").await;
    choose(&world.person("elise").await, DIRECTION, "NONE").await;
    // Two levels up: hears only if she asked for the whole network. A second manager of A left.
    manager(&world, "lucie", ROOT, AlertChoice::Own).await;
    manager(&world, "marc", ROOT, AlertChoice::Subtree).await;
    let gone = manager(&world, "nadia", A, AlertChoice::Own).await;
    diesel::update(account::table.find(gone))
        .set(account::disabled_at.eq(world.clock.now()))
        .execute(&mut world.conn().await)
        .await
        .unwrap();
    unanswered(&world).await;
    let marc = [
        "2026-01-16 marc",
        "2026-01-20 marc",
        "2026-01-27 marc",
        "2026-02-03 marc",
        "2026-02-10 marc",
    ];
    assert_eq!(people(&world).await, expected(&marc));
    world.end().await;
}

#[tokio::test]
async fn somebody_with_two_roles_reads_one_message() {
    let world = world_from("2026-01-12T07:02:00Z").await;
    // Élise also manages A herself.
    let mut conn = world.conn().await;
    let (elise, a): (i64, i64) = (
        account::table
            .filter(account::email.eq(address("elise")))
            .select(account::id)
            .first(&mut conn)
            .await
            .unwrap(),
        structure::table
            .filter(structure::code.eq(A))
            .select(structure::id)
            .first(&mut conn)
            .await
            .unwrap(),
    );
    diesel::insert_into(account_role::table)
        .values((
            account_role::account_id.eq(elise),
            account_role::role.eq(Role::Manager),
            account_role::structure_id.eq(a),
            account_role::alerts.eq(AlertChoice::Own),
        ))
        .execute(&mut conn)
        .await
        .unwrap();
    unanswered(&world).await;
    let elise = [
        "2026-01-16 elise",
        "2026-01-20 elise",
        "2026-01-27 elise",
        "2026-02-03 elise",
        "2026-02-10 elise",
    ];
    assert_eq!(people(&world).await, expected(&elise));
    world.end().await;
}
