//! Live testimonies: to every server, in order, without loss, within everybody's rights.

use diesel::sql_query;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};
use tests::World;
use tests::people::{A, B};
use tests::private_redis;
use tests::process::until;
use tests::socket::{Heard, Socket};
use tests::world::Plan;

use super::testimony::{publish, tell};

const PUBLISHED: &str = "subscription($filter: TestimonyFilterInput, $after: String) {
    testimonyPublished(filter: $filter, after: $after) { cursor testimony { title status } } }";
const SUBMITTED: &str = "subscription($structure: ID) { testimonySubmitted(structure: $structure) { testimony { title status } } }";

fn title<'v>(event: &'v Value, field: &str) -> &'v str {
    event[field]["testimony"]["title"].as_str().unwrap()
}

#[tokio::test]
async fn both_servers_deliver_what_one_published_and_never_before_moderation() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    let second = world.another_server().await;
    let mut here = Socket::connect(&world.url, None).await;
    let mut there = Socket::connect(&second, None).await;
    here.subscribe("1", PUBLISHED, json!({})).await;
    there.subscribe("1", PUBLISHED, json!({ "filter": { "structure": A } })).await;

    let about_a = tell(&world.alice, A, "Sur A").await;
    let about_b = tell(&world.alice, B, "Sur B").await;
    world.settle().await;
    here.silent().await;
    publish(&gaelle, &about_b).await;
    publish(&gaelle, &about_a).await;
    let mut heard = [here.next().await, here.next().await]
        .map(|event| title(&event, "testimonyPublished").to_owned());
    heard.sort();
    assert_eq!(heard, ["Sur A", "Sur B"]);
    assert_eq!(title(&there.next().await, "testimonyPublished"), "Sur A");
    world.settle().await;
    world.end().await;
}

/// The root of a subscription is collected before it runs: one stream, whose events have all that was asked for.
#[tokio::test]
async fn a_field_within_fragments_or_named_twice_is_one_stream() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    let documents = [
        "subscription { ... on Subscription { testimonyPublished { cursor testimony { title } } } }",
        "subscription { testimonyPublished { cursor } testimonyPublished { testimony { title } } }",
        "subscription { ...F ... { testimonyPublished { cursor } } }
         fragment F on Subscription { testimonyPublished { testimony { title } } }",
    ];
    let mut sockets = Vec::new();
    for document in documents {
        let mut socket = Socket::connect(&world.url, None).await;
        socket.subscribe("1", document, json!({})).await;
        sockets.push((document, socket));
    }
    for expected in ["Un", "Deux"] {
        publish(&gaelle, &tell(&world.alice, A, expected).await).await;
        world.settle().await;
        for (document, socket) in &mut sockets {
            let event = socket.next().await;
            assert_eq!(title(&event, "testimonyPublished"), expected, "{document}");
            assert!(event["testimonyPublished"]["cursor"].is_string(), "{document}: {event}");
        }
    }
    for (_, socket) in &mut sockets {
        socket.silent().await;
    }
    world.settle().await;
    world.end().await;
}

/// What was announced cannot be read for a moment, and nothing else is announced afterwards.
#[tokio::test]
async fn an_event_that_could_not_be_read_is_read_a_little_later() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let gaelle = world.person("gaelle").await;
    let mut socket = Socket::connect(&world.url, None).await;
    socket.subscribe("1", PUBLISHED, json!({})).await;
    publish(&gaelle, &tell(&world.alice, A, "Illisible").await).await;
    let mut conn = world.conn().await;
    conn.batch_execute(
        "create sequence tries;
         create function refuse() returns boolean language plpgsql as $$
         begin
           perform nextval('tries');
           raise exception 'not now';
         end $$;
         alter table testimony rename to testimony_away;
         create view testimony as select * from testimony_away where refuse();",
    )
    .await
    .unwrap();
    world.another_worker(&world.mailbox.as_mail()).await;
    until("somebody reads in vain", 20, async || {
        let tried = sql_query("select from tries where is_called").execute(&mut conn).await;
        tried.unwrap() == 1
    })
    .await;
    conn.batch_execute("drop view testimony; alter table testimony_away rename to testimony")
        .await
        .unwrap();
    assert_eq!(title(&socket.next().await, "testimonyPublished"), "Illisible");
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_cut_listener_resumes_where_it_was_even_on_another_server_and_with_redis_emptied() {
    let world = World::new().await;
    let gaelle = world.person("gaelle").await;
    let mut socket = Socket::connect(&world.url, None).await;
    socket.subscribe("1", PUBLISHED, json!({})).await;
    publish(&gaelle, &tell(&world.alice, A, "Entendu").await).await;
    let heard = socket.next().await;
    let cursor = heard["testimonyPublished"]["cursor"].clone();
    drop(socket);

    for title in ["Manqué 1", "Manqué 2", "Manqué 3"] {
        publish(&gaelle, &tell(&world.alice, A, title).await).await;
        world.settle().await;
    }
    let mut redis = private_redis::connect(&tests::world::redis_url()).await.unwrap();
    let removed: i64 = redis::cmd("DEL")
        .arg(&world.app.settings.event_stream)
        .query_async(&mut redis)
        .await
        .unwrap();
    assert_eq!(removed, 1, "the stream was there");

    let mut again = Socket::connect(&world.another_server().await, None).await;
    again.subscribe("1", PUBLISHED, json!({ "after": cursor })).await;
    for expected in ["Manqué 1", "Manqué 2", "Manqué 3"] {
        assert_eq!(title(&again.next().await, "testimonyPublished"), expected);
    }
    publish(&gaelle, &tell(&world.alice, A, "Nouveau").await).await;
    assert_eq!(title(&again.next().await, "testimonyPublished"), "Nouveau");

    again.subscribe("2", PUBLISHED, json!({ "after": "illisible" })).await;
    match again.hear().await {
        Heard::Message(message) => {
            assert_eq!(message["type"], "error");
            assert_eq!(message["payload"][0]["extensions"]["code"], "BAD_USER_INPUT");
        }
        other => panic!("{other:?}"),
    }
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn agents_hear_what_comes_in_for_their_own_structures_only_and_while_they_may() {
    let world = World::new().await;
    let (bruno, chloe) = (world.person("bruno").await, world.person("chloe").await);
    let mut of_a = Socket::connect(&world.url, bruno.token.as_deref()).await;
    let mut of_b = Socket::connect(&world.url, chloe.token.as_deref()).await;
    of_a.subscribe("1", SUBMITTED, json!({ "structure": A })).await;
    of_b.subscribe("1", SUBMITTED, json!({})).await;
    tell(&world.alice, A, "Pour A").await;
    let event = of_a.next().await;
    assert_eq!(event["testimonySubmitted"]["testimony"]["status"], "IN_MODERATION");
    world.settle().await;
    tell(&world.alice, B, "Pour B").await;
    assert_eq!(title(&of_b.next().await, "testimonySubmitted"), "Pour B");
    of_a.silent().await;

    // Another structure answers as an unknown one; the public has no such subscription.
    of_a.subscribe("2", SUBMITTED, json!({ "structure": B })).await;
    let mut nobody = Socket::connect(&world.url, None).await;
    nobody.subscribe("1", SUBMITTED, json!({})).await;
    for (socket, code) in [(&mut of_a, "NOT_FOUND"), (&mut nobody, "UNAUTHENTICATED")] {
        match socket.hear().await {
            Heard::Message(message) => {
                assert_eq!(message["payload"][0]["extensions"]["code"], code)
            }
            other => panic!("{other:?}"),
        }
    }

    // Rights are looked at again for each event: a session that ended hears nothing more.
    bruno.data("mutation { sessionDelete { deleted } }", json!({})).await;
    tell(&world.alice, A, "Trop tard").await;
    match of_a.hear().await {
        Heard::Message(message) => {
            assert!(message.to_string().contains("UNAUTHENTICATED"), "{message}")
        }
        other => panic!("{other:?}"),
    }
    world.settle().await;
    world.end().await;
}
