//! Years in a minute: schedulers that tick beside each other while a held clock runs ahead in irregular steps.

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use chrono::{DateTime, Days, NaiveTime, SecondsFormat, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join_all;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use schema::foundation::calendar;
use schema::foundation::clock::Clock;
use schema::operate::schedule::model::{SCHEDULES, Schedule};
use schema::operate::schedule::service;

use crate::world::MONDAY_MORNING;

/// The longest step in seconds, taken twice in a round: no day of 23 hours is skipped, because ticks that are missed
/// together would be merged, as is planned.
const STEP: i64 = 11 * 3600;

/// What became of the ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticks {
    /// Ticks that were planned.
    pub planned: usize,
    /// Those that no job stands for.
    pub missed: usize,
    /// Those that more than one job stands for.
    pub twice: usize,
    /// Jobs for an instant that was never planned.
    pub stray: usize,
}

/// Lets so many schedulers tick, each with its own connection, until `wanted` ticks were planned. In each round one half
/// of them is behind the other by a part of the step. The database is one that has never ticked; `progress` is told the
/// ticks planned so far.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn run(
    url: &str,
    schedulers: usize,
    wanted: usize,
    seed: u64,
    progress: impl Fn(u64),
) -> anyhow::Result<Ticks> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let start: DateTime<Utc> = MONDAY_MORNING.parse()?;
    let clock = Clock::held_at(start);
    let mut conns = Vec::new();
    // One of them is behind in each round: somebody must be ahead.
    for _ in 0..schedulers.max(2) {
        conns.push(AsyncPgConnection::establish(url).await?);
    }
    // A new installation ticks the last past tick of some schedules: what counts are those after the start.
    service::tick(&mut conns[0], start).await?;

    let mut plan = planned(start, clock.now())?;
    let mut round = 0_usize;
    while plan.len() < wanted {
        clock.advance(TimeDelta::seconds(chance.random_range(1..=STEP)));
        let behind = clock.now();
        clock.advance(TimeDelta::seconds(chance.random_range(0..=STEP)));
        let ahead = clock.now();
        let ticking = conns.iter_mut().enumerate().map(|(place, conn)| {
            let now = if (place + round).is_multiple_of(2) { ahead } else { behind };
            service::tick(conn, now)
        });
        try_join_all(ticking).await?;
        round += 1;
        if round.is_multiple_of(50) {
            plan = planned(start, clock.now())?;
            progress(plan.len().min(wanted) as u64);
        }
    }
    count(&mut conns[0], start, &planned(start, clock.now())?).await
}

/// Every instant in `(after, until]` at which something is planned, by a calendar of its own: name and instant.
fn planned(
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> anyhow::Result<HashSet<(&'static str, String)>> {
    let mut found = HashSet::new();
    for schedule in SCHEDULES {
        let time = daily(schedule)?;
        let mut day = calendar::day_in_paris(after);
        while day <= calendar::day_in_paris(until) {
            let tick = calendar::instant_in_paris(day, time);
            if after < tick && tick <= until {
                found.insert((schedule.kind.as_str(), written(tick)));
            }
            day = day + Days::new(1);
        }
    }
    Ok(found)
}

/// The hour of a daily schedule. All are daily; a schedule of another kind needs another calendar here.
fn daily(schedule: &Schedule) -> anyhow::Result<NaiveTime> {
    let fields: Vec<&str> = schedule.cron.split(' ').collect();
    let [minute, hour, "*", "*", "*"] = fields[..] else {
        anyhow::bail!("{} is not daily: {}", schedule.name, schedule.cron);
    };
    NaiveTime::from_hms_opt(hour.parse()?, minute.parse()?, 0).context("an hour")
}

fn written(tick: DateTime<Utc>) -> String {
    tick.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Holds the jobs of all ticks after the start against the plan.
async fn count(
    conn: &mut AsyncPgConnection,
    start: DateTime<Utc>,
    plan: &HashSet<(&'static str, String)>,
) -> anyhow::Result<Ticks> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        kind: String,
        #[diesel(sql_type = Text)]
        planned: String,
        #[diesel(sql_type = BigInt)]
        jobs: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "select kind, payload ->> 'planned' as planned, count(*) as jobs from job
         where payload ->> 'planned' > $1 group by 1, 2",
    )
    .bind::<Text, _>(written(start))
    .load(conn)
    .await?;
    let found: HashMap<(&str, &str), i64> =
        rows.iter().map(|row| ((row.kind.as_str(), row.planned.as_str()), row.jobs)).collect();
    let known: HashSet<(&str, &str)> =
        plan.iter().map(|(kind, tick)| (*kind, tick.as_str())).collect();
    Ok(Ticks {
        planned: plan.len(),
        missed: known.iter().filter(|tick| !found.contains_key(*tick)).count(),
        twice: found.values().filter(|jobs| **jobs > 1).count(),
        stray: found.keys().filter(|tick| !known.contains(*tick)).count(),
    })
}
