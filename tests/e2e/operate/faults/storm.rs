//! A short storm (the long one is `./dev bench faults`), and whether what it counts would be seen.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use schema::foundation::clock::Clock;
use schema::foundation::database::Conn;
use schema::operate::job::model::{Ack, Claimed, Outcome};
use schema::operate::job::{self, JobKind, NewJob, Queue, service};
use serde_json::json;
use tests::database::Database;
use tests::storm::witness::{self, Log, Silence, Why};
use tests::storm::{self, Plan};

use crate::operate::{number, sql};

#[tokio::test]
async fn a_storm_loses_nothing_and_repeats_nothing() {
    let plan = Plan::short(2026);
    let report = storm::run(&plan, |_| ()).await.unwrap();
    eprintln!("{report:#?}");
    assert_eq!(report.verdict.broken(), [""; 0]);
    let hit = &report.verdict;
    assert_eq!((report.kills, hit.jobs), (plan.kills, i64::try_from(plan.jobs).unwrap()));
    assert!(report.ended > 0, "no job killed its worker");
    assert!(hit.takeovers + hit.disturbed > 0, "no worker had anything when it died");
    assert!(hit.sent > 0, "no letter left");
}

/// A database that writes down what happens, with drills of which each should be done.
async fn drills(jobs: usize) -> (Database, Conn) {
    let database = Database::new().await.unwrap();
    let mut conn = AsyncPgConnection::establish(&database.url).await.unwrap();
    witness::install(&mut conn).await.unwrap();
    let payload = json!({ "expected": "DONE" });
    for _ in 0..jobs {
        let new = NewJob::new(JobKind::Probe, payload.clone());
        assert!(job::enqueue(&mut conn, Clock::system().now(), new).await.unwrap());
    }
    (database, conn)
}

async fn claim(conn: &mut Conn, worker: &str) -> Claimed {
    let claimed = service::claim(conn, Queue::Probe, Clock::system().now(), 1, 1, worker).await;
    claimed.unwrap().remove(0)
}

async fn settle(conn: &mut Conn, job: &Claimed, outcome: Outcome) {
    let ack = Ack { id: job.id, lease_no: job.lease_no, outcome };
    assert_eq!(service::ack(conn, Clock::system().now(), &[ack]).await.unwrap(), [job.id]);
}

/// What the storm says is broken when so many jobs were enqueued.
async fn broken(conn: &mut Conn, jobs: usize) -> Vec<String> {
    let log = Log { jobs, ..Log::default() };
    witness::judge(conn, &log).await.unwrap().broken()
}

#[tokio::test]
async fn what_goes_well_breaks_nothing() {
    let (_database, mut conn) = drills(2).await;
    for _ in 0..2 {
        let job = claim(&mut conn, "worker-1-a").await;
        settle(&mut conn, &job, Outcome::Done).await;
    }
    assert_eq!(broken(&mut conn, 2).await, [""; 0]);
}

#[tokio::test]
async fn a_job_that_is_gone_or_left_is_seen() {
    let (_database, mut conn) = drills(3).await;
    let job = claim(&mut conn, "worker-1-a").await;
    settle(&mut conn, &job, Outcome::Done).await;
    sql(&mut conn, &format!("delete from job where id = {}", job.id)).await;
    let job = claim(&mut conn, "worker-1-a").await;
    settle(&mut conn, &job, Outcome::Done).await;
    assert_eq!(broken(&mut conn, 3).await, ["jobs lost: 2"]);
}

#[tokio::test]
async fn a_job_that_ends_otherwise_than_it_should_is_seen() {
    let (_database, mut conn) = drills(1).await;
    let job = claim(&mut conn, "worker-1-a").await;
    settle(&mut conn, &job, Outcome::Dead { error: "for no reason".into() }).await;
    assert_eq!(broken(&mut conn, 1).await, ["jobs that ended unexpectedly: 1"]);
}

/// A queue that gives out what was done, as one without leases would.
#[tokio::test]
async fn a_job_that_runs_twice_is_seen() {
    let (_database, mut conn) = drills(1).await;
    for worker in ["worker-1-a", "worker-2-b"] {
        let job = claim(&mut conn, worker).await;
        settle(&mut conn, &job, Outcome::Done).await;
        sql(&mut conn, "update job set state = 'READY', finished_at = null where state = 'DONE' and lease_no = 1").await;
    }
    let told = broken(&mut conn, 1).await;
    assert_eq!(
        told,
        [
            "jobs that ran twice: 1",
            "runs or ends under one lease twice: 1",
            "changes after the end: 1"
        ]
    );
}

#[tokio::test]
async fn a_run_that_starts_twice_under_one_lease_is_seen() {
    let (_database, mut conn) = drills(1).await;
    let job = claim(&mut conn, "worker-1-a").await;
    for _ in 0..2 {
        assert!(service::report(&mut conn, &job, &json!({ "marker": "twice" })).await.unwrap());
    }
    settle(&mut conn, &job, Outcome::Done).await;
    assert_eq!(broken(&mut conn, 1).await, ["runs or ends under one lease twice: 1"]);
}

#[tokio::test]
async fn a_take_over_that_comes_late_is_seen() {
    let (_database, mut conn) = drills(1).await;
    claim(&mut conn, "worker-7-a").await;
    let killed = Clock::system().now() - chrono::TimeDelta::seconds(12);
    sql(&mut conn, "update job set lease_until = clock_timestamp() where state = 'RUNNING'").await;
    assert_eq!(service::reap(&mut conn, Clock::system().now()).await.unwrap().len(), 1);
    let job = claim(&mut conn, "worker-8-b").await;
    settle(&mut conn, &job, Outcome::Done).await;
    let silence = Silence { pid: 7, why: Why::Killed, since: killed, until: None };
    let log = Log { jobs: 1, silences: vec![silence], ..Log::default() };
    let verdict = witness::judge(&mut conn, &log).await.unwrap();
    assert_eq!((verdict.takeovers, verdict.from_living, verdict.unheard), (1, 0, 0));
    let told = verdict.broken();
    assert!(told.len() == 1 && told[0].starts_with("a take-over after 1"), "{told:?}");
    assert!(verdict.takeover_p100 >= 12.0, "{}", verdict.takeover_p100);
}

#[tokio::test]
async fn a_second_copy_is_seen_and_explained_by_an_interruption_only() {
    let (_database, mut conn) = drills(0).await;
    conn.batch_execute(
        "insert into email (kind, subject, stage, recipient, message_id, status, prepared_at, updated_at)
            select 'K', 's:' || n, '', 'r', '<' || n || '@exemple.test>', 'PREPARED', now(), now() from generate_series(1, 4) n;
         update email set status = 'SENDING';
         -- The second was interrupted.
         update email set status = 'PREPARED' where message_id = '<2@exemple.test>';
         update email set status = 'SENDING' where message_id = '<2@exemple.test>';
         update email set status = 'SENT';
         insert into email_mention (email_id, kind, subject, stage, recipient, told)
            select id, 'K', 'testimony:' || id, '', 'r', message_id <> '<3@exemple.test>' from email",
    )
    .await
    .unwrap();
    assert_eq!(number(&mut conn, "select count(*) as n from storm_mail").await, 10);
    let copies = [("<1@exemple.test>", 2), ("<2@exemple.test>", 2), ("<3@exemple.test>", 1)];
    let copies = copies.map(|(id, copies)| (id.to_owned(), copies)).into();
    let verdict = witness::judge(&mut conn, &Log { copies, ..Log::default() }).await.unwrap();
    assert_eq!((verdict.sent, verdict.copies_in_window), (4, 1));
    // The fourth is called sent and never came; what the third tells would be told again.
    assert_eq!(
        verdict.broken(),
        [
            "messages twice outside the window: 1",
            "messages astray: 1",
            "messages sent and not told: 1"
        ]
    );
}
