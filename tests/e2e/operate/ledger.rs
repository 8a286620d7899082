//! The ledger of messages when two runs of one job meet, and when a job goes and leaves its message behind.

use schema::foundation::database::Conn;
use schema::operate::email::model::{Email, HandOver, MailKind, MailStatus, Mention, Prepared};
use schema::operate::email::{Letter, service as email};
use schema::operate::job::model::Claimed;
use schema::operate::job::{self, JobKind, JobState, NewJob, Queue, service};
use serde_json::{Value, json};
use tests::World;
use tests::process::until;
use tests::world::Plan;

use super::interventions::global;
use super::{folder, hand, jobs_of, number, probe, sql};

fn letter(kind: MailKind, testimonies: &[i64]) -> Letter {
    let mention = |id: &i64| Mention {
        kind: "PUBLISHED".into(),
        subject: format!("testimony:{id}"),
        stage: String::new(),
    };
    Letter {
        kind,
        subject: "account:1".into(),
        stage: "FROM_17".into(),
        recipient: "account:1".into(),
        to_name: "Élise".into(),
        to_address: "elise@exemple.test".into(),
        mentions: testimonies.iter().map(mention).collect(),
        template: "testimony_alert",
        values: json!({}),
        invite: None,
        attachment: None,
    }
}

async fn claim(world: &World, conn: &mut Conn, worker: &str) -> Claimed {
    let now = world.clock.now();
    service::claim(conn, Queue::Probe, now, 1, 1, worker).await.unwrap().remove(0)
}

/// The first run of a new job.
async fn run(world: &World, conn: &mut Conn) -> Claimed {
    probe(world, json!({})).await;
    claim(world, conn, "late").await
}

/// The second run of a job, after the lease of the first ran out.
async fn take_over(world: &World, conn: &mut Conn, late: &Claimed) -> Claimed {
    let id = late.id;
    let run_out = "update job set lease_until = now() - interval '1 second' where id =";
    sql(conn, &format!("{run_out} {id}")).await;
    service::reap(conn, world.clock.now()).await.unwrap();
    claim(world, conn, "next").await
}

async fn prepared(world: &World, conn: &mut Conn, run: &Claimed, letter: &Letter) -> Prepared {
    email::prepare(conn, world.clock.now(), &world.app.settings, run, letter).await.unwrap()
}

async fn row(world: &World, conn: &mut Conn, run: &Claimed, letter: &Letter) -> Email {
    match prepared(world, conn, run, letter).await {
        Prepared::Send(row) => row,
        other => panic!("not to be sent: {other:?}"),
    }
}

async fn standing(conn: &mut Conn, status: &str) -> bool {
    let rows = format!("select count(*) as n from email where status = '{status}'");
    number(conn, &rows).await == 1
}

async fn told(conn: &mut Conn) -> i64 {
    number(conn, "select count(*) as n from email_mention where told").await
}

/// A worker that slept through its lease wakes when its successor is handing the message over.
#[tokio::test]
async fn a_run_that_lost_its_lease_takes_no_message_out_of_its_successors_hands() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let letter = letter(MailKind::WrittenRequestAcknowledgement, &[17]);
    let late = run(&world, &mut conn).await;
    let before = row(&world, &mut conn, &late, &letter).await;
    let next = take_over(&world, &mut conn, &late).await;
    assert!(email::settle_interrupted(&mut conn, now, &next).await.unwrap().unwrap().is_empty());
    let taken = row(&world, &mut conn, &next, &letter).await;

    let marked = email::mark_sending(&mut conn, now, &late, &before).await.unwrap();
    assert_eq!(marked, HandOver::Lost);
    assert!(
        standing(&mut conn, "PREPARED").await && told(&mut conn).await == 0,
        "nothing is left of it"
    );
    let marked = email::mark_sending(&mut conn, now, &next, &taken).await.unwrap();
    assert_eq!(marked, HandOver::Go);
    assert!(email::settle_interrupted(&mut conn, now, &late).await.unwrap().is_none());
    assert!(matches!(prepared(&world, &mut conn, &late, &letter).await, Prepared::Lost));
    email::close_abandoned(&mut conn, now, &late, None).await.unwrap();
    email::record_postponed(&mut conn, now, &late, &before, "panne").await.unwrap();
    email::record_failed(&mut conn, now, &late, &before, "refus").await.unwrap();
    assert!(standing(&mut conn, "SENDING").await, "the late one changes nothing");
    assert_eq!(told(&mut conn).await, 1);
    email::record_failed(&mut conn, now, &next, &taken, "refus").await.unwrap();
    assert!(standing(&mut conn, "FAILED").await, "the one in charge does");
    world.end_anyhow().await;
}

/// The answer of the mail server reaches a worker whose message was taken over meanwhile: it has left, and so has what it tells.
#[tokio::test]
async fn what_a_message_tells_is_told_also_when_its_answer_comes_late() {
    for status in [MailStatus::Prepared, MailStatus::Skipped, MailStatus::Sending] {
        let world = World::with(Plan { worker: false, ..Plan::default() }).await;
        let mut conn = world.conn().await;
        let now = world.clock.now();
        let first = letter(MailKind::TestimonyAlert, &[17, 18]);
        let late = run(&world, &mut conn).await;
        let gone = row(&world, &mut conn, &late, &first).await;
        assert_eq!(email::mark_sending(&mut conn, now, &late, &gone).await.unwrap(), HandOver::Go);

        let next = take_over(&world, &mut conn, &late).await;
        email::settle_interrupted(&mut conn, now, &next).await.unwrap();
        let again = letter(MailKind::TestimonyAlert, &[18, 19]);
        let taken = row(&world, &mut conn, &next, &again).await;
        match status {
            MailStatus::Sending => {
                email::mark_sending(&mut conn, now, &next, &taken).await.unwrap();
            }
            MailStatus::Skipped => {
                email::close_abandoned(&mut conn, now, &next, None).await.unwrap();
            }
            _ => {}
        }
        assert!(standing(&mut conn, status.as_str()).await);
        email::record_sent(&mut conn, now, &gone, &first.mentions).await.unwrap();
        assert!(standing(&mut conn, "SENT").await);
        let subjects = ["testimony:17", "testimony:18"].map(str::to_owned);
        assert_eq!(
            email::told(&mut conn, "PUBLISHED", &subjects).await.unwrap().len(),
            2,
            "{status}"
        );
        assert!(matches!(prepared(&world, &mut conn, &next, &again).await, Prepared::Settled(..)));
        world.end_anyhow().await;
    }
}

/// iris cancels jobs whose messages are on their way: what may have left is judged or told again, the rest is put away.
#[tokio::test]
async fn a_message_whose_job_is_cancelled_does_not_stay_on_its_way() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let iris = world.person("iris").await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let mut jobs = vec![];
    for (kind, sends) in [
        (MailKind::TestimonyAlert, true),
        (MailKind::WrittenRequestAcknowledgement, true),
        (MailKind::OperatorAlert, false),
    ] {
        let run = run(&world, &mut conn).await;
        let letter = letter(kind, &[run.id]);
        let row = row(&world, &mut conn, &run, &letter).await;
        if sends {
            email::mark_sending(&mut conn, now, &run, &row).await.unwrap();
        }
        jobs.push(run.id);
    }
    let cancel = async |id: i64| {
        let cancel = json!({ "id": global(id) });
        assert!(iris.refusals("jobCancel", cancel).await.is_empty());
    };
    cancel(jobs[0]).await;
    cancel(jobs[1]).await;
    let sweep = async |conn: &mut Conn| -> Value {
        let purge = NewJob::new(JobKind::PurgeOperations, json!({}));
        assert!(job::enqueue(conn, world.clock.now(), purge).await.unwrap());
        let id = jobs_of(conn, JobKind::PurgeOperations).await.pop().unwrap().id;
        let only = |config: &mut worker::Config| config.slots = vec![(Queue::Sweeps, 1)];
        let _hand = hand(&world, &folder(&world), only);
        until("the purge is done", 20, async || {
            super::stored(conn, id).await.state == JobState::Done
        })
        .await;
        super::stored(conn, id).await.report.unwrap()["mails"].clone()
    };
    assert_eq!(sweep(&mut conn).await, 0, "the run may still be writing down an answer");
    world.clock.advance(chrono::TimeDelta::minutes(6));
    cancel(jobs[2]).await;
    assert_eq!(sweep(&mut conn).await, 3);
    let of = async |conn: &mut Conn, job: i64| -> (String, i64) {
        use diesel::prelude::*;
        use diesel_async::RunQueryDsl;
        use schema::tables::{email, email_mention};
        let (id, status): (i64, String) = email::table
            .filter(email::job_id.eq(job))
            .select((email::id, diesel::dsl::sql::<diesel::sql_types::Text>("status")))
            .first(conn)
            .await
            .unwrap();
        let told = email_mention::table
            .filter(email_mention::email_id.eq(id))
            .filter(email_mention::told)
            .count();
        (status, told.get_result(conn).await.unwrap())
    };
    assert_eq!(of(&mut conn, jobs[0]).await, ("FAILED".into(), 0), "it is told again");
    assert_eq!(of(&mut conn, jobs[1]).await, ("UNCERTAIN".into(), 1), "iris judges");
    assert_eq!(of(&mut conn, jobs[2]).await, ("SKIPPED".into(), 0), "it cannot have left");
    world.end_anyhow().await;
}
