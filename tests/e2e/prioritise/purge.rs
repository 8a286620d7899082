//! People of committees are forgotten when their purpose is over; what was said stays.

use chrono::{Days, TimeDelta};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::prioritise::committee::purge;
use schema::tables::{
    committee, committee_candidate, committee_link, committee_participant, elected_official,
};
use serde_json::json;
use tests::World;
use tests::people::A;

use super::{START, at, invited};

/// Rows left: links, people, candidates, officials, committees.
async fn left(world: &World) -> [i64; 5] {
    let mut conn = world.conn().await;
    let conn = &mut conn;
    [
        committee_link::table.count().get_result(conn).await.unwrap(),
        committee_participant::table.count().get_result(conn).await.unwrap(),
        committee_candidate::table.count().get_result(conn).await.unwrap(),
        elected_official::table.count().get_result(conn).await.unwrap(),
        committee::table.count().get_result(conn).await.unwrap(),
    ]
}

/// Moves to some days after the event and a second further, and lets the nightly purge run; gives what is left.
async fn days_after(world: &World, days: u64) -> [i64; 5] {
    let to = at(START) + Days::new(days);
    world.later(to - world.clock.now() + TimeDelta::days(1)).await;
    left(world).await
}

#[tokio::test]
async fn each_is_forgotten_in_its_time() {
    let world = World::new().await;
    let bruno = world.person("bruno").await;
    let id = invited(&world, &bruno, START).await;
    let apply =
        json!({ "structure": A, "name": "Zoé", "email": "zoe@usager.test", "consent": true });
    assert_eq!(world.alice.refusals("candidateApply", apply).await, [""; 0]);
    assert_eq!(left(&world).await, [16, 8, 1, 1, 1]);
    let query = "query { electedOfficials { nodes { id } } }";
    let data = bruno.data(query, json!({})).await;
    let gone = json!({ "id": data["electedOfficials"]["nodes"][0]["id"], "name": "Mairesse", "mandate": "ancienne maire",
        "email": "mairesse@mairie.test", "department": "96", "active": false });
    assert_eq!(bruno.refusals("electedOfficialSave", gone).await, [""; 0]);

    assert_eq!(days_after(&world, 89).await, [16, 8, 1, 1, 1]);
    assert_eq!(days_after(&world, 91).await, [0, 8, 1, 1, 1]);
    assert_eq!(days_after(&world, 182).await, [0, 0, 1, 1, 1]);
    // The event itself can be read all the while, without its people.
    let henri = world.person("henri").await;
    let data =
        henri.data("query($id: ID!) { committee(id: $id) { title } }", json!({ "id": id })).await;
    assert_eq!(data["committee"]["title"], "Mieux accueillir");
    assert_eq!(days_after(&world, 366).await, [0, 0, 1, 0, 1]);
    assert_eq!(days_after(&world, 2 * 366).await, [0, 0, 0, 0, 1]);
    assert_eq!(days_after(&world, 5 * 366).await, [0; 5]);
    let mut conn = world.conn().await;
    let again = purge::forget(&mut conn, world.clock.now(), 10).await.unwrap();
    assert_eq!(
        serde_json::to_value(again).unwrap(),
        json!({ "links": 0, "participants": 0, "candidates": 0, "officials": 0, "committees": 0 })
    );
    world.end().await;
}
