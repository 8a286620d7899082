//! Putting jobs in: with the data, and once per event.

use diesel::result::Error as Refused;
use diesel_async::AsyncConnection;
use schema::operate::job::{self, JobKind, JobState, NewJob};
use serde_json::json;
use tests::World;
use tests::people::A;
use tests::process::until;
use tests::world::Plan;
use tokio::sync::oneshot;

use super::{folder, jobs_of, number, publish, sql, tell, telling};

async fn without_worker() -> World {
    World::with(Plan { worker: false, ..Plan::default() }).await
}

#[tokio::test]
async fn a_job_is_stored_with_its_data_or_not_at_all() {
    let world = without_worker().await;
    let mut conn = world.conn().await;
    let gaelle = world.person("gaelle").await;

    // alice's testimony and the job that announces it are one commit; the job holds ids only.
    let id = tell(&world, telling(A, "Bien reçue")).await;
    let events = jobs_of(&mut conn, JobKind::BroadcastEvent).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].payload["kind"], "TESTIMONY_SUBMITTED");
    assert_eq!(
        events[0].payload.as_object().unwrap().len(),
        2,
        "nothing but the event and its testimony"
    );
    assert!(events[0].request_id.is_some());

    // A step that is refused leaves no job.
    publish(&gaelle, &id).await;
    let before = number(&mut conn, "select count(*) as n from job").await;
    assert_eq!(gaelle.refusals("testimonyPublish", json!({ "id": id })).await, ["WRONG_STATE id"]);
    assert_eq!(number(&mut conn, "select count(*) as n from job").await, before);

    // A job that cannot be stored takes its testimony with it, and alice is told to try again.
    sql(
        &mut conn,
        "alter table job add constraint no_events check (kind <> 'BROADCAST_EVENT') not valid",
    )
    .await;
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { id } } }";
    let told = world.alice.error(submit, json!({ "input": telling(A, "Sans suite") })).await;
    assert_eq!(told, "INTERNAL");
    assert_eq!(number(&mut conn, "select count(*) as n from testimony").await, 1);
    sql(&mut conn, "alter table job drop constraint no_events").await;

    // A transaction that is undone leaves nothing, however far it came.
    let undone: Result<(), Refused> = conn
        .transaction(async |conn| {
            let now = world.clock.now();
            assert!(job::enqueue(conn, now, NewJob::new(JobKind::Probe, json!({}))).await?);
            let many =
                (0..3).map(|n| NewJob::new(JobKind::Probe, json!({})).unique(format!("drill:{n}")));
            assert_eq!(job::enqueue_many(conn, now, many).await?, 3);
            Err(Refused::RollbackTransaction)
        })
        .await;
    assert!(undone.is_err());
    assert!(jobs_of(&mut conn, JobKind::Probe).await.is_empty());
    world.end_anyhow().await;
}

#[tokio::test]
async fn one_event_is_one_job_even_for_two_transactions_at_once() {
    let world = without_worker().await;
    let (mut one, mut two, mut watcher) =
        (world.conn().await, world.conn().await, world.conn().await);
    let now = world.clock.now();
    let drill = || NewJob::new(JobKind::Probe, json!({})).unique("drill:1");
    let (has_it, had) = oneshot::channel();
    let (undo, undone) = oneshot::channel();

    // The first transaction holds the key and is undone while the second waits for it.
    let first = one.transaction(async |conn| {
        assert!(job::enqueue(conn, now, drill()).await?);
        has_it.send(()).unwrap();
        undone.await.unwrap();
        Err::<(), _>(Refused::RollbackTransaction)
    });
    let second = async {
        had.await.unwrap();
        let (stored, ()) = tokio::join!(job::enqueue(&mut two, now, drill()), async {
            until("the second waits", 5, async || {
                number(
                    &mut watcher,
                    "select count(*) as n from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'",
                )
                .await
                    > 0
            })
            .await;
            undo.send(()).unwrap();
        });
        stored.unwrap()
    };
    let (rolled_back, stored_by_second) = tokio::join!(first, second);
    assert!(rolled_back.is_err() && stored_by_second);

    // From then on the event is known, also among many and after its job has run.
    assert!(!job::enqueue(&mut one, now, drill()).await.unwrap());
    let many = [drill(), NewJob::new(JobKind::Probe, json!({})).unique("drill:2"), drill()];
    assert_eq!(job::enqueue_many(&mut one, now, many).await.unwrap(), 1);
    world.another_worker(&folder(&world)).await;
    world.settle().await;
    assert!(!job::enqueue(&mut one, now, drill()).await.unwrap());
    let all = jobs_of(&mut one, JobKind::Probe).await;
    assert_eq!(
        all.iter().map(|job| (job.state, job.attempt)).collect::<Vec<_>>(),
        [(JobState::Done, 1); 2]
    );
    world.end().await;
}
