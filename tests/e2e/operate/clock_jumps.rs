//! The application's clock jumps back and forth under two workers: jobs come due by it, leases do not notice.

use chrono::TimeDelta;
use schema::operate::job::{self, JobKind, JobState, NewJob};
use serde_json::json;
use tests::World;
use tests::process::until;

use super::{folder, jobs_of, number, probe, stored};

const REMINDERS: &str = "select count(*) as n from job where kind = 'REMIND_WRITTEN_REQUESTS'";

#[tokio::test]
async fn a_clock_that_jumps_takes_no_lease_and_repeats_no_tick() {
    let world = World::new().await;
    world.another_worker(&folder(&world)).await;
    let mut conn = world.conn().await;
    assert_eq!(number(&mut conn, REMINDERS).await, 1, "the tick of this morning");

    // Longer than a lease of five seconds, which the database's own clock measures.
    let long = probe(&world, json!({ "sleep_ms": 9000 })).await;
    until("it runs", 20, async || stored(&mut conn, long).await.state == JobState::Running).await;

    // Monday 9 h, and suddenly 7 h 30: this morning's tick lies ahead again, and so does the hour of a new job.
    world.clock.advance(TimeDelta::minutes(-90));
    let now = world.clock.now();
    let mut ahead = vec![];
    for (name, hours) in [("in an hour", 1), ("in twenty hours", 20)] {
        let new = NewJob::new(JobKind::Probe, json!({ "marker": name }));
        assert!(job::enqueue(&mut conn, now, new.at(now + TimeDelta::hours(hours))).await.unwrap());
        ahead.push(jobs_of(&mut conn, JobKind::Probe).await.last().unwrap().id);
    }
    // One that fails for now comes back by the application's clock as well.
    let failing = probe(&world, json!({ "fail": "retry", "until": 1 })).await;
    until("it has failed once", 20, async || stored(&mut conn, failing).await.error.is_some())
        .await;
    // Everybody has looked at the schedules and at the queue meanwhile (every two seconds, and every second).
    let at_once = probe(&world, json!({ "sleep_ms": 2500 })).await;
    until("a while has passed", 20, async || {
        stored(&mut conn, at_once).await.state == JobState::Done
    })
    .await;
    for id in ahead.iter().chain([&failing]) {
        assert_eq!(stored(&mut conn, *id).await.state, JobState::Ready, "its hour has not come");
    }
    assert_eq!(number(&mut conn, REMINDERS).await, 1, "an old tick does not come again");

    // Back over 8 h: known already.
    world.clock.advance(TimeDelta::minutes(90));
    // And on to Tuesday 9 h, while the long one still runs.
    let job = stored(&mut conn, long).await;
    assert_eq!((job.state, job.lease_no), (JobState::Running, 1), "nobody took it");
    world.later(TimeDelta::days(1)).await;
    for id in ahead.into_iter().chain([failing, long]) {
        let job = stored(&mut conn, id).await;
        let runs = if id == failing { 2 } else { 1 };
        assert_eq!(
            (job.state, job.attempt, job.crashes, job.lease_no),
            (JobState::Done, runs, 0, i64::from(runs)),
            "{:?}",
            job.payload
        );
    }
    let planned: Vec<String> = jobs_of(&mut conn, JobKind::RemindWrittenRequests)
        .await
        .iter()
        .map(|job| job.payload["planned"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(planned, ["2026-01-12T07:00:00Z", "2026-01-13T07:00:00Z"], "each morning once");
    world.end().await;
}
