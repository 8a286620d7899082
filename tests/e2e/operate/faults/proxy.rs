//! A network that cuts, slows down or swallows what passes between a worker and PostgreSQL, its mail server or Redis.

use std::time::Duration;

use diesel_async::AsyncConnection;
use schema::foundation::database::Conn;
use schema::operate::job::{self, JobKind, JobState, NewJob};
use serde_json::json;
use tests::World;
use tests::process::{Process, until};
use tests::proxy::{Proxy, Weather};
use tests::smtp::{Behaviour, Smtp};
use tests::storm::witness;

use super::{bring_forward, end, ended, worker, world};
use crate::operate::{
    acknowledge, folder, jobs_of, number, publish, sql, stored, tell, telling, timeline,
};

/// Enqueues drills that take so long each.
async fn drills(world: &World, conn: &mut Conn, jobs: usize, sleep_ms: u64) {
    let now = world.clock.now();
    let drills = (0..jobs).map(|_| NewJob::new(JobKind::Probe, json!({ "sleep_ms": sleep_ms })));
    let new = conn.transaction(async |conn| job::enqueue_many(conn, now, drills).await).await;
    assert_eq!(new.unwrap(), jobs);
}

async fn done(conn: &mut Conn) -> i64 {
    number(conn, "select count(*) as n from job where kind = 'PROBE' and state = 'DONE'").await
}

/// Runs of drills in a worker, whatever they came to.
async fn runs(worker: &Process) -> f64 {
    worker.figure("spp_jobs_total", &["kind=\"PROBE\""]).await
}

#[tokio::test]
async fn cut_off_from_postgresql_again_and_again_a_worker_runs_each_job_once() {
    let world = world().await;
    let mut conn = world.conn().await;
    let (proxy, url) = Proxy::before(&world.database_url).await;
    let worker = worker(&world, &folder(&world), &[("DATABASE_URL", &url)]).await;
    drills(&world, &mut conn, 300, 150).await;
    for cut in 1..=3 {
        until("some jobs are done", 30, async || done(&mut conn).await >= 50 * cut).await;
        proxy.cut();
    }
    until("all jobs are done", 60, async || done(&mut conn).await == 300).await;
    // A claim whose answer was cut off is taken back like that of a dead worker; none of its jobs had started.
    assert_eq!(runs(&worker).await, 300.0);
    end(world).await;
}

#[tokio::test]
async fn a_worker_that_hears_nothing_for_longer_than_its_lease_ends_no_job_twice() {
    let world = world().await;
    let mut conn = world.conn().await;
    witness::install(&mut conn).await.unwrap();
    let (proxy, url) = Proxy::before(&world.database_url).await;
    let mail = folder(&world);
    let far = worker(&world, &mail, &[("DATABASE_URL", &url)]).await;
    drills(&world, &mut conn, 200, 400).await;
    until("it works", 20, async || done(&mut conn).await >= 20).await;

    // It goes on with what it holds, and cannot say so. Somebody near takes over.
    proxy.turn(Weather::Dark);
    let _near = worker(&world, &mail, &[]).await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    let meanwhile = done(&mut conn).await;
    proxy.turn(Weather::Clear);
    until("all jobs are done", 60, async || done(&mut conn).await == 200).await;
    assert!(meanwhile > 20, "the one near went on alone");
    until("the one far is back", 20, async || {
        reqwest::get(format!("{}/readyz", far.url))
            .await
            .is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    // Its late answers and its old claims may still arrive.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(number(&mut conn, "select count(*) as n from storm_late").await, 0);
    let twice = "select count(*) as n from (select from storm_step where state = 'DONE' group by job having count(*) > 1) twice";
    assert_eq!(number(&mut conn, twice).await, 0);
    assert_eq!(
        number(
            &mut conn,
            "select count(*) as n from job where attempt <> crashes + 1 and kind = 'PROBE'"
        )
        .await,
        0,
        "each run is the first, or follows a lease that ran out"
    );
    end(world).await;
}

#[tokio::test]
async fn over_a_slow_line_everything_is_done_once_without_haste() {
    let world = world().await;
    let mut conn = world.conn().await;
    let (proxy, url) = Proxy::before(&world.database_url).await;
    proxy.turn(Weather::Slow(Duration::from_millis(200)));
    let worker = worker(&world, &folder(&world), &[("DATABASE_URL", &url)]).await;
    drills(&world, &mut conn, 60, 20).await;
    until("all jobs are done", 60, async || done(&mut conn).await == 60).await;
    assert_eq!(runs(&worker).await, 60.0);
    let hurt =
        "select count(*) as n from job where kind = 'PROBE' and (attempt > 1 or crashes > 0)";
    assert_eq!(number(&mut conn, hurt).await, 0, "no lease ran out");
    end(world).await;
}

#[tokio::test]
async fn a_mail_server_that_is_cut_off_before_its_answer_gets_a_copy_under_the_same_identity() {
    let world = world().await;
    let mut conn = world.conn().await;
    let (bruno, iris) = (world.person("bruno").await, world.person("iris").await);
    let smtp = Smtp::start(Behaviour::KeepThenHang).await;
    let (proxy, mail) = Proxy::before(&smtp.url()).await;
    // Nobody is there at first: nothing can have left.
    proxy.turn(Weather::Closed);
    let _worker = worker(&world, &mail, &[]).await;
    let request = acknowledge(&world, &bruno).await;
    let id = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await[0].id;
    until("it has tried", 20, async || {
        let job = stored(&mut conn, id).await;
        job.attempt == 1 && job.state == JobState::Ready
    })
    .await;
    assert_eq!((smtp.connections(), smtp.messages_read()), (0, 0));

    proxy.turn(Weather::Clear);
    bring_forward(&mut conn).await;
    until("the server has the message", 20, async || smtp.messages_read() == 1).await;
    proxy.cut();
    until("the try has failed", 20, async || {
        let job = stored(&mut conn, id).await;
        job.attempt == 2 && job.state == JobState::Ready
    })
    .await;
    smtp.behave(Behaviour::Accept);
    bring_forward(&mut conn).await;
    ended(&mut conn, id, JobState::Done).await;
    let mails = smtp.mails();
    assert_eq!((mails.len(), mails[0].message_id == mails[1].message_id), (2, true));
    let told = timeline(&iris, &request).await;
    assert_eq!((told.len(), &told[0]["status"]), (1, &json!("SENT")));
    end(world).await;
}

#[tokio::test]
async fn while_redis_swallows_everything_events_wait_and_then_arrive() {
    let world = world().await;
    let mut conn = world.conn().await;
    let (proxy, redis) = Proxy::before(&tests::world::redis_url()).await;
    let _worker = worker(&world, &folder(&world), &[("REDIS_URL", &redis)]).await;
    proxy.turn(Weather::Dark);
    let testimony = tell(&world, telling(tests::people::A, "Dans le noir")).await;
    publish(&world.person("gaelle").await, &testimony).await;
    until("the announcements wait", 30, async || {
        let events = jobs_of(&mut conn, JobKind::BroadcastEvent).await;
        !events.is_empty() && events.iter().all(|job| job.error.is_some())
    })
    .await;
    proxy.turn(Weather::Clear);
    until("every announcement was made", 30, async || {
        sql(
            &mut conn,
            "update job set run_at = clock_timestamp() where state = 'READY' and queue = 'EVENTS'",
        )
        .await;
        jobs_of(&mut conn, JobKind::BroadcastEvent)
            .await
            .iter()
            .all(|job| job.state == JobState::Done)
    })
    .await;
    end(world).await;
}
