//! The guards that keep things from happening twice, each with its broken twin: without the guard the
//! double does happen, so it is the guard that prevents it.

use diesel_async::RunQueryDsl;
use schema::operate::job::model::{Ack, Outcome};
use schema::operate::job::{self, JobKind, JobState, NewJob, Queue, service};
use schema::operate::schedule;
use serde_json::json;
use tests::World;
use tests::process::until;
use tests::smtp::{Behaviour, Smtp};
use tests::world::Plan;

use super::{acknowledge, jobs_of, number, probe, sql, stored};

/// Many are in hand that were not started, or only waited: neither the chances nor the last error of a job are lost by it.
#[tokio::test]
async fn a_job_whose_worker_died_or_gave_it_back_keeps_its_chance_and_its_error() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let id = probe(&world, json!({})).await;
    sql(&mut conn, "update job set max_attempts = 1").await;
    service::claim(&mut conn, Queue::Probe, now, 1, 1, "first").await.unwrap();
    sql(&mut conn, "update job set lease_until = clock_timestamp() where state = 'RUNNING'").await;
    assert_eq!(service::reap(&mut conn, now).await.unwrap(), [(id, "READY".to_owned())]);

    let again =
        service::claim(&mut conn, Queue::Probe, now, 1, 1, "second").await.unwrap().remove(0);
    let back = Ack { id, lease_no: again.lease_no, outcome: Outcome::GivenBack };
    assert_eq!(service::ack(&mut conn, now, &[back]).await.unwrap(), [id]);
    let job = stored(&mut conn, id).await;
    assert_eq!(
        (job.state, job.attempt, job.error.as_deref()),
        (JobState::Ready, 1, Some("lease expired, attempt 1 on first"))
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_number_of_the_lease_keeps_a_late_answer_from_counting() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let id = probe(&world, json!({})).await;
    let first =
        service::claim(&mut conn, Queue::Probe, now, 1, 1, "first").await.unwrap().remove(0);
    assert!(
        service::reap(&mut conn, now).await.unwrap().is_empty(),
        "a fresh lease is nobody else's"
    );

    // The first worker falls silent; the second takes over.
    sql(&mut conn, "update job set lease_until = clock_timestamp() where state = 'RUNNING'").await;
    assert_eq!(service::reap(&mut conn, now).await.unwrap(), [(id, "READY".to_owned())]);
    let second =
        service::claim(&mut conn, Queue::Probe, now, 1, 1, "second").await.unwrap().remove(0);
    assert_eq!((second.id, second.lease_no, second.attempt), (id, first.lease_no + 1, 2));

    // Whatever the first says with its old number changes nothing.
    let done = |lease_no| Ack { id, lease_no, outcome: Outcome::Done };
    assert!(service::beat(&mut conn, &[(id, first.lease_no)]).await.unwrap().is_empty());
    assert!(!service::holds(&mut conn, &first).await.unwrap());
    assert!(!service::report(&mut conn, &first, &json!({ "late": true })).await.unwrap());
    for outcome in [Outcome::Done, Outcome::GivenBack, Outcome::Dead { error: "late".into() }] {
        let late = Ack { outcome, ..done(first.lease_no) };
        assert!(service::ack(&mut conn, now, &[late]).await.unwrap().is_empty());
    }
    let job = stored(&mut conn, id).await;
    assert_eq!(
        (job.state, job.worker.as_deref(), job.report, job.error.as_deref()),
        (JobState::Running, Some("second"), None, Some("lease expired, attempt 1 on first"))
    );

    // The broken twin: with the number of the second, the first ends a job that still runs. Nothing but
    // the number told them apart.
    assert_eq!(service::ack(&mut conn, now, &[done(second.lease_no)]).await.unwrap(), [id]);
    assert_eq!(stored(&mut conn, id).await.state, JobState::Done);
    assert!(
        service::ack(&mut conn, now, &[done(second.lease_no)]).await.unwrap().is_empty(),
        "and an answer counts once"
    );
    world.end_anyhow().await;
}

#[tokio::test]
async fn the_row_of_the_ledger_keeps_a_message_from_leaving_twice() {
    let smtp = Smtp::start(Behaviour::KeepThenHang).await;
    let world = World::with(Plan { mail: Some(smtp.url()), ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let bruno = world.person("bruno").await;
    acknowledge(&world, &bruno).await;
    until("the message is on its way", 20, async || smtp.messages_read() == 1).await;

    // The same job once more, as if its own key had failed: while the first hands over, and after.
    let request = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await[0].payload.clone();
    let again = || NewJob::new(JobKind::AcknowledgeWrittenRequest, request.clone());
    assert!(job::enqueue(&mut conn, world.clock.now(), again()).await.unwrap());
    until("the second has seen the first at it", 20, async || {
        jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await[1].lease_no >= 2
    })
    .await;
    smtp.behave(Behaviour::Accept);
    world.settle().await;
    assert!(job::enqueue(&mut conn, world.clock.now(), again()).await.unwrap());
    world.settle().await;
    let jobs = jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await;
    assert_eq!(jobs.iter().map(|job| job.state).collect::<Vec<_>>(), [JobState::Done; 3]);
    assert_eq!(smtp.messages_read(), 1);

    // The database itself refuses a second row for the same message.
    let copy = "insert into email (kind, subject, stage, recipient, message_id, status, prepared_at, updated_at)
        select kind, subject, stage, recipient, '<other@exemple.test>', 'PREPARED', now(), now() from email";
    let refused = diesel::sql_query(copy).execute(&mut conn).await.unwrap_err().to_string();
    assert!(refused.contains("email_kind_subject_stage_recipient_key"), "{refused}");

    // The broken twin: a ledger that forgets sends again.
    sql(&mut conn, "delete from email").await;
    assert!(job::enqueue(&mut conn, world.clock.now(), again()).await.unwrap());
    world.settle().await;
    assert_eq!(smtp.messages_read(), 2);
    world.end().await;
}

#[tokio::test]
async fn the_key_of_a_tick_keeps_it_from_running_twice() {
    let world = World::with(Plan { worker: false, ..Plan::default() }).await;
    let mut conn = world.conn().await;
    let now = world.clock.now();
    let reminders = "select count(*) as n from job where kind = 'REMIND_WRITTEN_REQUESTS'";
    assert_eq!(number(&mut conn, reminders).await, 1, "the tick of this morning");

    // The schedule forgets where it stands, as after a restore: it ticks again, and the key is taken.
    let forget = "update schedule set last_tick = last_tick - interval '1 day' where name = 'remind_written_requests'";
    assert_eq!(sql(&mut conn, forget).await, 1);
    assert_eq!(schedule::service::tick(&mut conn, now).await.unwrap(), 0);
    assert_eq!(number(&mut conn, reminders).await, 1);

    // The broken twin: without the key the same tick is a second job.
    sql(&mut conn, "update job set unique_key = null").await;
    sql(&mut conn, forget).await;
    assert_eq!(schedule::service::tick(&mut conn, now).await.unwrap(), 1);
    assert_eq!(number(&mut conn, reminders).await, 2);
    world.end_anyhow().await;
}
