//! Redis is emptied, or goes and comes back: live events arrive, and nothing else notices.

use schema::operate::job::{JobKind, JobState};
use serde_json::{Value, json};
use tests::people::{A, PASSWORD, address};
use tests::private_redis::PrivateRedis;
use tests::process::{Process, until};
use tests::socket::Socket;
use tests::{Client, World};

use super::{bring_forward, end, worker, world};
use crate::operate::{folder, jobs_of, publish, tell, telling};

const PUBLISHED: &str = "subscription($after: String) { testimonyPublished(after: $after) { cursor testimony { title } } }";

/// The server program on the database of a world, and gaelle there.
async fn server(world: &World, redis: &PrivateRedis) -> (Process, Client) {
    let stream = &world.app.settings.event_stream;
    let environment = [
        ("DATABASE_URL", world.database_url.as_str()),
        ("REDIS_URL", &redis.url()),
        ("SPP_EVENT_STREAM", stream),
        ("SPP_ALERT_QUIET_SECONDS", "0"),
        ("SPP_LOG", "error"),
    ];
    let server = Process::start("server", &environment).await;
    let gaelle = Client::new(&server.url).log_in(&address("gaelle"), PASSWORD).await;
    (server, gaelle)
}

async fn tell_and_publish(world: &World, gaelle: &Client, title: &str) {
    let id = tell(world, telling(A, title)).await;
    publish(gaelle, &id).await;
}

async fn hear(socket: &mut Socket) -> (String, Value) {
    let event = socket.next().await;
    let event = &event["testimonyPublished"];
    (event["testimony"]["title"].as_str().unwrap().to_owned(), event["cursor"].clone())
}

#[tokio::test]
async fn an_emptied_redis_loses_no_event() {
    let world = world().await;
    let redis = PrivateRedis::start().await;
    let mail = folder(&world);
    let url = redis.url();
    let its_redis = [("REDIS_URL", url.as_str())];
    let (_worker, (server, gaelle)) =
        tokio::join!(worker(&world, &mail, &its_redis), server(&world, &redis));
    let mut socket = Socket::connect(&server.url, None).await;
    socket.subscribe("1", PUBLISHED, json!({})).await;
    tell_and_publish(&world, &gaelle, "Avant").await;
    let (title, cursor) = hear(&mut socket).await;
    assert_eq!(title, "Avant");

    redis.empty().await;
    tell_and_publish(&world, &gaelle, "Après").await;
    assert_eq!(hear(&mut socket).await.0, "Après");
    redis.empty().await;
    let mut again = Socket::connect(&server.url, None).await;
    again.subscribe("1", PUBLISHED, json!({ "after": cursor })).await;
    assert_eq!(hear(&mut again).await.0, "Après");
    socket.silent().await;
    end(world).await;
}

#[tokio::test]
async fn while_redis_is_away_the_product_works_and_live_events_arrive() {
    let world = world().await;
    let mut redis = PrivateRedis::start().await;
    let mail = folder(&world);
    let url = redis.url();
    let its_redis = [("REDIS_URL", url.as_str())];
    let mut conn = world.conn().await;
    let (_worker, (server, gaelle)) =
        tokio::join!(worker(&world, &mail, &its_redis), self::server(&world, &redis));
    let mut socket = Socket::connect(&server.url, None).await;
    socket.subscribe("1", PUBLISHED, json!({})).await;
    tell_and_publish(&world, &gaelle, "Avec").await;
    assert_eq!(hear(&mut socket).await.0, "Avec");

    // Else the second testimony would join the first in one alert.
    until("david's first alert has left", 20, async || {
        world.mailbox.to(&address("david")).len() == 1
    })
    .await;

    redis.kill().await;
    tell_and_publish(&world, &gaelle, "Sans").await;
    assert_eq!(hear(&mut socket).await.0, "Sans", "found in PostgreSQL");
    let count = "{ testimonies { totalCount } }";
    assert_eq!(gaelle.data(count, json!({})).await["testimonies"]["totalCount"], 2);
    assert_eq!(gaelle.get("/readyz").await.0, 200);
    until("david's alert has left", 20, async || world.mailbox.to(&address("david")).len() == 2)
        .await;
    until("the announcements wait for Redis", 20, async || {
        let events = jobs_of(&mut conn, JobKind::BroadcastEvent).await;
        let waits = |job: &schema::operate::job::Job| {
            job.state == JobState::Ready
                && job.error.as_deref().is_some_and(|error| error.contains("Redis"))
        };
        events.iter().filter(|job| waits(job)).count() == 2
    })
    .await;
    // A server that starts meanwhile serves, too.
    let (late, _) = self::server(&world, &redis).await;
    let mut there = Socket::connect(&late.url, None).await;
    there.subscribe("1", PUBLISHED, json!({})).await;

    redis.start_again().await;
    bring_forward(&mut conn).await;
    tell_and_publish(&world, &gaelle, "De nouveau").await;
    for socket in [&mut socket, &mut there] {
        assert_eq!(hear(socket).await.0, "De nouveau");
    }
    until("every announcement was made", 20, async || {
        // The first command after Redis is back may still fail, and the next step of the ladder may be long.
        bring_forward(&mut conn).await;
        let events = jobs_of(&mut conn, JobKind::BroadcastEvent).await;
        events.len() == 6 && events.iter().all(|job| job.state == JobState::Done)
    })
    .await;
    socket.silent().await;
    end(world).await;
}
