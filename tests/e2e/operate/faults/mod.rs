//! Faults, with real programs: each is killed, starved or cut off at a chosen point, and nothing is lost,
//! no message leaves twice, no tick comes twice or not at all.
//!
//! Programs live in the machine's time, which no test can move. Where a story would wait for a retry, the
//! test moves the job instead: [`bring_forward`].

mod ahead;
mod crash_points;
mod many;
mod outage;
mod postgres;
mod proxy;
mod redis;
mod rush;
mod smtp;
mod smtp_killed;
mod stopped;
mod storm;
mod worker_killed;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use schema::foundation::clock::Clock;
use schema::foundation::database::Conn;
use schema::foundation::settings::Settings;
use schema::operate::job::{Job, JobState};
use tests::World;
use tests::process::{Process, until};
use tests::world::Plan;

use super::{folder, sql, stored};

/// A worker that was killed has its work taken over within this time.
const TAKE_OVER: Duration = Duration::from_secs(10);

/// A world without worker that begins now; alerts and reminders leave at any hour.
async fn world() -> World {
    let settings =
        Settings { alert_quiet: TimeDelta::zero(), quiet_hours: false, ..Settings::default() };
    World::with(Plan { settings, start: Clock::system().now(), worker: false, ..Plan::default() })
        .await
}

/// The worker program on the database of a world.
async fn worker(world: &World, mail: &str, more: &[(&str, &str)]) -> Process {
    let mut worker = launch(world, mail, more);
    worker.ready().await;
    worker
}

/// The same, without waiting until it is ready: it may die before.
fn launch(world: &World, mail: &str, more: &[(&str, &str)]) -> Process {
    let redis = tests::world::redis_url();
    let mut environment = vec![
        ("DATABASE_URL", world.database_url.as_str()),
        ("REDIS_URL", &redis),
        ("SPP_EVENT_STREAM", &world.app.settings.event_stream),
        ("SPP_MAIL", mail),
        ("SPP_QUIET_HOURS", "off"),
        ("SPP_LOG", "error"),
    ];
    environment.extend(more);
    Process::launch("worker", &environment)
}

/// Two workers, ready to take over from each other, with nothing left to do.
async fn two_workers(world: &World) -> [Process; 2] {
    let mail = folder(world);
    let (one, two) = tokio::join!(worker(world, &mail, &[]), worker(world, &mail, &[]));
    world.settle().await;
    [one, two]
}

/// Waits until a worker runs a job; gives the job.
async fn running(conn: &mut Conn, id: i64) -> Job {
    until("a worker runs the job", 20, async || stored(conn, id).await.state == JobState::Running)
        .await;
    stored(conn, id).await
}

/// Waits until a job has ended in a state; gives the job.
async fn ended(conn: &mut Conn, id: i64, state: JobState) -> Job {
    until(&format!("the job is {state}"), 20, async || stored(conn, id).await.state == state).await;
    stored(conn, id).await
}

/// Which of the workers runs or ran a job, and the others.
fn split(workers: Vec<Process>, job: &Job) -> (Process, Vec<Process>) {
    let runs = |process: &Process| {
        job.worker
            .as_deref()
            .is_some_and(|name| name.starts_with(&format!("worker-{}-", process.id())))
    };
    let (mut its, others): (Vec<_>, Vec<_>) = workers.into_iter().partition(runs);
    (its.pop().expect("one of our workers"), others)
}

/// Waits until a job runs for the second time after its worker was killed; the wait from the kill on.
async fn taken_over(conn: &mut Conn, id: i64, killed: Instant) -> Duration {
    until("another worker takes over", 30, async || stored(conn, id).await.lease_no >= 2).await;
    let wait = killed.elapsed();
    eprintln!("taken over after {:.2} s", wait.as_secs_f64());
    assert!(wait <= TAKE_OVER, "taken over after {wait:?}");
    wait
}

/// Lets the hour of every waiting job come, as its ladder would in its time.
async fn bring_forward(conn: &mut Conn) {
    sql(conn, "update job set run_at = clock_timestamp() where state = 'READY' and run_at > clock_timestamp()").await;
}

/// Waits until the programs have done what was due, and ends the world: in the present, so that a job left
/// undone is seen.
async fn end(world: World) {
    world.clock.set(Clock::system().now());
    world.settle().await;
    world.end().await;
}
