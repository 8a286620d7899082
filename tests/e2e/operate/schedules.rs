//! Schedules without a leader: every tick once, whoever ticks, through outages and changes of hour.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use schema::foundation::database::Conn;
use schema::operate::job::{JobKind, JobState};
use schema::operate::schedule;
use serde_json::json;
use tests::World;
use tests::people::address;
use tests::process::until;
use tests::world::Plan;

use super::{folder, jobs_of, register};

/// The planned instants of the jobs of a schedule, in the order they were enqueued.
async fn planned(conn: &mut Conn, kind: JobKind) -> Vec<String> {
    let jobs = jobs_of(conn, kind).await;
    jobs.iter().map(|job| job.payload["planned"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn three_schedulers_tick_each_day_once_through_both_changes_of_hour() {
    for (start, reminders, purges, notices) in [
        (
            "2026-03-27T08:00:00Z",
            // 8 h in Paris is 7 h, from the 29th on 6 h.
            ["27T07", "28T07", "29T06", "30T06", "31T06"]
                .map(|tick| format!("2026-03-{tick}:00:00Z")),
            ["28T02", "29T01", "30T01", "31T01"].map(|tick| format!("2026-03-{tick}:30:00Z")),
            vec!["28T07", "29T06", "30T06", "31T06"],
        ),
        (
            "2026-10-23T07:00:00Z",
            ["23T06", "24T06", "25T07", "26T07", "27T07"]
                .map(|tick| format!("2026-10-{tick}:00:00Z")),
            ["24T01", "25T02", "26T02", "27T02"].map(|tick| format!("2026-10-{tick}:30:00Z")),
            // It ends at 8 h in Paris, a quarter of an hour too soon for the last.
            vec!["24T06", "25T07", "26T07"],
        ),
    ] {
        let world =
            World::with(Plan { start: start.parse().unwrap(), worker: false, ..Plan::default() })
                .await;
        let mut schedulers = [world.conn().await, world.conn().await, world.conn().await];
        let mut enqueued = 0;
        // Four days in steps that fall before, on and after the hours.
        for _ in 0..4 * 24 * 2 {
            world.clock.advance(TimeDelta::minutes(30));
            let now = world.clock.now();
            let ticks = schedulers.each_mut().map(|conn| schedule::service::tick(conn, now));
            enqueued +=
                futures_util::future::try_join_all(ticks).await.unwrap().iter().sum::<usize>();
        }
        let [conn, ..] = &mut schedulers;
        assert_eq!(planned(conn, JobKind::RemindWrittenRequests).await, reminders);
        assert_eq!(planned(conn, JobKind::PurgeOperations).await, purges);
        assert_eq!(planned(conn, JobKind::PurgeCommittees).await.len(), purges.len());
        let month = &start[..8];
        let notices: Vec<String> =
            notices.iter().map(|tick| format!("{month}{tick}:15:00Z")).collect();
        assert_eq!(planned(conn, JobKind::RemindApiTokens).await, notices);
        // The first reminder is the one a new installation owes at once.
        assert_eq!(
            enqueued,
            // Committees are purged half an hour after operations, on the same days.
            reminders.len() + 2 * purges.len() + notices.len() - 1,
            "each tick was somebody's, and one's only"
        );
        world.end_anyhow().await;
    }
}

#[tokio::test]
async fn after_three_days_without_workers_the_latest_tick_does_the_work_of_all() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let bruno = world.person("bruno").await;
    // Its limit is on Saturday: from Wednesday on, every morning finds it and david and elise untold.
    register(&world, &bruno, 9, json!({})).await;
    // What Monday's tick had left is set aside: this is about the ticks nobody made.
    super::sql(&mut conn, "update job set state = 'CANCELLED', finished_at = now() where kind = 'REMIND_WRITTEN_REQUESTS'").await;
    world.clock.advance(TimeDelta::days(3));
    world.another_worker(&folder(&world)).await;
    until("the workers have ticked", 20, async || {
        jobs_of(&mut conn, JobKind::PurgeOperations).await.len() == 1
    })
    .await;
    world.settle().await;
    assert_eq!(
        planned(&mut conn, JobKind::RemindWrittenRequests).await,
        ["2026-01-12T07:00:00Z", "2026-01-15T07:00:00Z"]
    );
    assert_eq!(planned(&mut conn, JobKind::PurgeOperations).await, ["2026-01-15T02:30:00Z"]);
    let sweep = &jobs_of(&mut conn, JobKind::RemindWrittenRequests).await[1];
    assert_eq!(sweep.state, JobState::Done);
    let report = sweep.report.as_ref().unwrap();
    assert_eq!(
        (&report["day"], &report["due"], &report["managers"]),
        (&json!("2026-01-15"), &json!(1), &json!(2))
    );
    // david and elise are reminded once, of what is true on Thursday.
    for name in ["david", "elise"] {
        let mails = world.mailbox.to(&address(name));
        assert_eq!(mails.len(), 1, "{name}");
        assert!(
            mails[0].text.contains("À traiter avant la fin du 17 janvier 2026"),
            "{}",
            mails[0].text
        );
    }

    // Days with a worker: a tick each, none twice, none missed.
    for _ in 0..3 {
        world.later(TimeDelta::days(1)).await;
    }
    let mornings = planned(&mut conn, JobKind::RemindWrittenRequests).await;
    assert_eq!(
        mornings[1..],
        ["15", "16", "17", "18"].map(|day| format!("2026-01-{day}T07:00:00Z"))
    );
    world.end().await;
}

#[tokio::test]
async fn iris_sees_what_is_planned() {
    const SCHEDULES: &str =
        "{ jobSchedules { name kind cron timeZone missedTicks lastPlannedAt nextPlannedAt } }";
    const RUNS: &str = "{ jobSchedules { name lastPlannedAt lastRun { state } } }";
    // Saturday evening before the change to summer time.
    let start = "2026-03-28T20:00:00Z".parse().unwrap();
    let world = World::with(Plan { start, worker: false, ..Plan::default() }).await;
    let iris = world.person("iris").await;
    assert_eq!(
        iris.data(SCHEDULES, json!({})).await["jobSchedules"],
        json!([
            { "name": "remind_written_requests", "kind": "REMIND_WRITTEN_REQUESTS", "cron": "0 8 * * *",
              "timeZone": "Europe/Paris", "missedTicks": "LATEST",
              "lastPlannedAt": "2026-03-28T07:00:00+00:00", "nextPlannedAt": "2026-03-29T06:00:00+00:00" },
            { "name": "purge_operations", "kind": "PURGE_OPERATIONS", "cron": "30 3 * * *",
              "timeZone": "Europe/Paris", "missedTicks": "LATEST",
              "lastPlannedAt": null, "nextPlannedAt": "2026-03-29T01:30:00+00:00" },
            { "name": "purge_committees", "kind": "PURGE_COMMITTEES", "cron": "0 4 * * *",
              "timeZone": "Europe/Paris", "missedTicks": "LATEST",
              "lastPlannedAt": null, "nextPlannedAt": "2026-03-29T02:00:00+00:00" },
            { "name": "remind_api_tokens", "kind": "REMIND_API_TOKENS", "cron": "15 8 * * *",
              "timeZone": "Europe/Paris", "missedTicks": "LATEST",
              "lastPlannedAt": null, "nextPlannedAt": "2026-03-29T06:15:00+00:00" },
        ])
    );
    // A purge that waits for its first tick was never planned, and never ran: neither here nor on the page.
    let runs = iris.data(RUNS, json!({})).await["jobSchedules"].clone();
    assert_eq!(runs[0]["lastRun"], json!({ "state": "READY" }), "{runs}");
    assert_eq!(
        runs[1],
        json!({ "name": "purge_operations", "lastPlannedAt": null, "lastRun": null })
    );
    // A tick that is undone stays due, for whoever ticks next.
    world.clock.advance(TimeDelta::days(1));
    let mut conn = world.conn().await;
    let undone: Result<(), diesel::result::Error> = conn
        .transaction(async |conn| {
            assert_eq!(schedule::service::tick(conn, world.clock.now()).await?, 4);
            Err(diesel::result::Error::RollbackTransaction)
        })
        .await;
    assert!(undone.is_err());
    assert_eq!(schedule::service::tick(&mut conn, world.clock.now()).await.unwrap(), 4);
    assert_eq!(schedule::service::tick(&mut conn, world.clock.now()).await.unwrap(), 0);
    // Her session of yesterday is over.
    let runs = world.person("iris").await.data(RUNS, json!({})).await["jobSchedules"].clone();
    assert_eq!(
        runs[1],
        json!({ "name": "purge_operations", "lastPlannedAt": "2026-03-29T01:30:00+00:00",
            "lastRun": { "state": "READY" } })
    );
    world.end_anyhow().await;
}
