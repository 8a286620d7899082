//! Faults at full length: a storm of a thousand kills, a hundred thousand jobs due at one instant, and five schedulers
//! over ten thousand ticks. Their short forms are tests (`tests/e2e/operate/faults`).

use std::time::Duration;

use anyhow::Context;
use tests::database::{Database, uuid};
use tests::process::Process;
use tests::storm::{self, Plan};
use tests::{rush, ticks};

use crate::figure::{Against, Figure, grouped};
use crate::fill;
use crate::queue::Folder;

const AREA: &str = "faults";
const SEED: u64 = 2026;
/// What is promised about work whose worker was killed.
const TAKE_OVER_S: f64 = 10.0;
/// Jobs due at one instant, and how long enqueuing them may take.
const RUSH: usize = 100_000;
const AHEAD: Duration = Duration::from_secs(30);
const RUSH_PATIENCE: Duration = Duration::from_secs(180);
const SCHEDULERS: usize = 5;
const TICKS: usize = 10_000;

/// Makes all three.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let mut figures = stormed().await?;
    figures.extend(rushed().await?);
    figures.extend(ticked().await?);
    Ok(figures)
}

/// A figure that should be nought.
fn nought(what: impl Into<String>, found: i64) -> Figure {
    let none = Against::Condition { what: "none".to_owned(), holds: found == 0 };
    Figure::new(AREA, what, count(found)).against(none)
}

#[allow(clippy::cast_precision_loss)] // far below 2^52
fn count(number: i64) -> String {
    grouped(number as f64)
}

async fn stormed() -> anyhow::Result<Vec<Figure>> {
    let plan = Plan::full(SEED);
    let bar = fill::bar("kills", plan.kills);
    let report = storm::run(&plan, |kills| bar.set_position(kills)).await?;
    bar.finish_and_clear();
    let found = &report.verdict;
    let weather = format!(
        "{} kills, {} more by jobs, {} other faults in {} s, seed {SEED}",
        report.kills,
        report.ended,
        report.faults,
        report.took.as_secs()
    );
    let p100 = format!("{} take-overs after a kill, p100", count(found.takeovers));
    let shown = format!("p50 {:.1} s, p100 {:.1} s", found.takeover_p50, found.takeover_p100);
    let disturbed = format!(
        "{} take-overs across an outage of PostgreSQL, or of every other worker, p100",
        count(found.disturbed)
    );
    let mails = format!(
        "{} messages sent, {} refused for good, second copies outside the window",
        count(found.sent),
        count(found.refused)
    );
    Ok(vec![
        Figure::new(AREA, format!("the storm over {} jobs", count(found.jobs)), weather),
        nought("jobs lost", found.lost),
        nought("jobs that ended otherwise than they should", found.unexpected),
        nought("jobs that ran twice without a crash or failure in between", found.unexplained),
        nought("runs or ends twice under one lease", found.twice),
        nought("changes to a job after its end", found.late),
        Figure::new(AREA, p100, shown).under(TAKE_OVER_S, "s", found.takeover_p100),
        Figure::new(AREA, disturbed, format!("{:.1} s", found.disturbed_p100)),
        Figure::new(
            AREA,
            "innocent jobs set aside after three of their workers died",
            count(found.set_aside),
        ),
        Figure::new(
            AREA,
            "leases that ran out in the middle of a drill whose worker was left alone",
            count(found.from_living),
        ),
        Figure::new(
            AREA,
            "leases that ran out before anything began: the answer to the claim was cut off",
            count(found.unheard),
        ),
        nought(mails, found.copies_outside),
        Figure::new(
            AREA,
            "second copies in the window that SMTP cannot close",
            count(found.copies_in_window),
        ),
        Figure::new(AREA, "messages left to an operator to judge", count(found.uncertain)),
        nought("messages called sent that never arrived, or unknown ones that did", found.astray),
        nought("messages that left while what they tell counts as untold", found.untold),
        nought("live events without number", found.unnumbered),
    ])
}

async fn rushed() -> anyhow::Result<Vec<Figure>> {
    let redis =
        std::env::var("REDIS_URL").context("REDIS_URL is not set: ./dev bench starts a Redis")?;
    let database = Database::new().await?;
    let mails = Folder::new();
    let mail = mails.as_mail();
    let stream = format!("spp:bench:{}", uuid());
    let environment = [
        ("DATABASE_URL", database.url.as_str()),
        ("REDIS_URL", &redis),
        ("SPP_EVENT_STREAM", &stream),
        ("SPP_MAIL", &mail),
    ];
    let worker = Process::start("worker", &environment).await;
    let bar = fill::bar("jobs due at once", RUSH);
    let progress = |done| bar.set_position(done);
    let rush = rush::run(&database.url, RUSH, AHEAD, RUSH_PATIENCE, progress).await?;
    bar.finish_and_clear();
    drop(worker);
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let jobs = grouped(RUSH as f64);
    let shown = format!("{:.1} s, the first after {:.1} s", rush.drained, rush.first);
    let left = i64::try_from(RUSH)? - rush.done;
    Ok(vec![
        Figure::new(AREA, format!("{jobs} jobs due at one instant, one worker: drained"), shown),
        nought(
            "of those left, early, out of turn or run again",
            left + rush.early + rush.overtaken + rush.again,
        ),
    ])
}

async fn ticked() -> anyhow::Result<Vec<Figure>> {
    let database = Database::new().await?;
    let bar = fill::bar("ticks", TICKS);
    let progress = |ticks| bar.set_position(ticks);
    let ticks = ticks::run(&database.url, SCHEDULERS, TICKS, SEED, progress).await?;
    bar.finish_and_clear();
    let planned = count(i64::try_from(ticks.planned)?);
    let wrong = i64::try_from(ticks.missed + ticks.twice + ticks.stray)?;
    let what =
        format!("{planned} ticks by {SCHEDULERS} schedulers: missed, twice or never planned");
    Ok(vec![nought(what, wrong)])
}
