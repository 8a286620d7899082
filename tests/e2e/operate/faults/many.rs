//! Two workers and three schedulers at once, with much to do: nothing twice, nothing left.

use std::collections::HashSet;

use chrono::{Days, NaiveTime, SecondsFormat, TimeDelta};
use futures_util::future::try_join_all;
use schema::foundation::calendar;
use schema::operate::job::{JobKind, JobState};
use schema::operate::schedule;
use serde_json::json;
use tests::people::{B, address};
use tests::process::until;
use tests::smtp::{Behaviour, Smtp};

use super::{bring_forward, worker, world};
use crate::operate::{acknowledge, jobs_of, number, probe, publish, register, tell, telling};

const MORNINGS: u64 = 5;

#[tokio::test]
async fn two_workers_and_three_schedulers_do_everything_once() {
    let world = world().await;
    let smtp = Smtp::start(Behaviour::Accept).await;
    let url = smtp.url();
    let (one, two) = tokio::join!(worker(&world, &url, &[]), worker(&world, &url, &[]));
    let (bruno, gaelle) = (world.person("bruno").await, world.person("gaelle").await);
    let mut schedulers = [world.conn().await, world.conn().await, world.conn().await];
    let mut conn = world.conn().await;
    let start = world.clock.now();

    // Letters, testimonies and drills come in; one answer is owed since yesterday.
    register(&world, &bruno, 15, json!({})).await;
    for number in 0..20 {
        acknowledge(&world, &bruno).await;
        probe(&world, json!({ "sleep_ms": 5 })).await;
        if number % 2 == 0 {
            publish(&gaelle, &tell(&world, telling(B, &format!("Témoignage {number:02}"))).await)
                .await;
        }
    }
    // Meanwhile days pass for three schedulers, faster than for the workers, which tick as well.
    for _ in 0..MORNINGS * 24 {
        world.clock.advance(TimeDelta::hours(1));
        let now = world.clock.now();
        try_join_all(schedulers.each_mut().map(|conn| schedule::service::tick(conn, now)))
            .await
            .unwrap();
    }
    let mut planned: Vec<String> = vec![];
    for job in jobs_of(&mut conn, JobKind::RemindWrittenRequests).await {
        planned.push(job.payload["planned"].as_str().unwrap().to_owned());
    }
    let eight = NaiveTime::from_hms_opt(8, 0, 0).unwrap();
    let mornings: Vec<String> = (0..=MORNINGS + 1)
        .map(|day| {
            calendar::instant_in_paris(
                calendar::day_in_paris(start) + Days::new(day) - Days::new(1),
                eight,
            )
        })
        .filter(|tick| start - TimeDelta::days(1) < *tick && *tick <= world.clock.now())
        .map(|tick| tick.to_rfc3339_opts(SecondsFormat::Secs, true))
        .collect();
    assert_eq!(planned, mornings, "each morning once, the one before the start included");

    // The sweeps of all those mornings run at once, and so do the reminders that they leave.
    until("everything is done", 60, async || {
        bring_forward(&mut conn).await;
        number(&mut conn, "select count(*) as n from job where state in ('READY', 'RUNNING')").await
            == 0
    })
    .await;
    let jobs = "select count(*) as n from job where state <> 'DONE' or crashes > 0";
    assert_eq!(number(&mut conn, jobs).await, 0);
    let drills = jobs_of(&mut conn, JobKind::Probe).await;
    assert!(
        drills.len() == 20
            && drills.iter().all(|job| job.state == JobState::Done && job.attempt == 1)
    );
    let labels = ["kind=\"PROBE\"", "outcome=\"done\""];
    assert_eq!(
        one.figure("spp_jobs_total", &labels).await + two.figure("spp_jobs_total", &labels).await,
        20.0
    );

    let mails = smtp.mails();
    let identities: HashSet<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(
        (identities.len(), smtp.messages_read()),
        (mails.len(), mails.len()),
        "no message twice"
    );
    let to = |who: &str| mails.iter().filter(|mail| mail.to == who).collect::<Vec<_>>();
    assert_eq!(to("alice@exemple.test").len(), 20);
    // elise hears of each testimony in one message, and both managers of the letter in one, whatever the mornings.
    for number in (0..20).step_by(2) {
        let title = format!("--- Témoignage {number:02}");
        assert_eq!(
            to(&address("elise")).iter().filter(|mail| mail.text.contains(&title)).count(),
            1,
            "{title}"
        );
    }
    for name in ["david", "elise"] {
        let reminders =
            to(&address(name)).into_iter().filter(|mail| mail.subject.contains("demande écrite"));
        assert_eq!(reminders.count(), 1, "{name}");
    }
    world.end().await;
}
