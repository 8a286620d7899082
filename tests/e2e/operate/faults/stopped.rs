//! Programs that are asked to stop: what they are at is finished or handed back, and they end well.

use schema::operate::job::{JobKind, JobState};
use serde_json::json;
use tests::Client;
use tests::people::A;
use tests::process::{Process, until};
use tests::smtp::{Behaviour, Smtp};
use tests::socket::{Heard, Socket};

use super::{end, ended, running, worker, world};
use crate::operate::{acknowledge, folder, jobs_of, number, probe, sql, stored, telling, timeline};

#[tokio::test]
async fn a_worker_finishes_what_it_can_and_hands_back_the_rest() {
    let world = world().await;
    let mut conn = world.conn().await;
    // Sixteen run at once: one is too long for the grace, the others are not; six more wait.
    let long = probe(&world, json!({ "sleep_ms": 30_000 })).await;
    let mut short = vec![];
    for _ in 0..21 {
        short.push(probe(&world, json!({ "sleep_ms": 1000 })).await);
    }
    let mut first = worker(&world, &folder(&world), &[("SPP_WORKER_GRACE_SECONDS", "4")]).await;
    running(&mut conn, long).await;
    assert_eq!(first.stop().await, Some(0));
    // The second run need not be as long.
    sql(&mut conn, &format!("update job set payload = '{{}}' where id = {long}")).await;
    let job = stored(&mut conn, long).await;
    assert_eq!(
        (job.state, job.attempt, job.error.as_deref()),
        (JobState::Ready, 1, Some("stopped with its worker"))
    );
    assert_eq!(number(&mut conn, "select count(*) as n from job where state = 'RUNNING'").await, 0);

    let _second = worker(&world, &folder(&world), &[]).await;
    assert_eq!(ended(&mut conn, long, JobState::Done).await.attempt, 2);
    for id in short {
        let job = ended(&mut conn, id, JobState::Done).await;
        assert_eq!((job.attempt, job.crashes), (1, 0), "handed back or done, each ran once");
    }
    end(world).await;
}

#[tokio::test]
async fn a_worker_finishes_the_message_it_is_handing_over() {
    let world = world().await;
    let mut conn = world.conn().await;
    let (bruno, iris) = (world.person("bruno").await, world.person("iris").await);
    let smtp = Smtp::start(Behaviour::KeepThenHang).await;
    let mut worker = worker(&world, &smtp.url(), &[]).await;
    let request = acknowledge(&world, &bruno).await;
    until("the message is on its way", 20, async || smtp.messages_read() == 1).await;
    worker.signal("TERM").await;
    until("it takes nothing new", 20, async || {
        !reqwest::get(format!("{}/readyz", worker.url))
            .await
            .is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    smtp.behave(Behaviour::Accept);
    assert_eq!(worker.end().await, Some(0));
    let job = &jobs_of(&mut conn, JobKind::AcknowledgeWrittenRequest).await[0];
    assert_eq!((job.state, job.attempt, smtp.messages_read()), (JobState::Done, 1, 1));
    assert_eq!(timeline(&iris, &request).await[0]["status"], "SENT");
    end(world).await;
}

#[tokio::test]
async fn a_server_finishes_an_open_request_and_closes_its_sockets() {
    let world = world().await;
    let (mut conn, mut other) = (world.conn().await, world.conn().await);
    let environment = [
        ("DATABASE_URL", world.database_url.as_str()),
        ("SPP_EVENT_STREAM", &world.app.settings.event_stream),
        ("SPP_LOG", "error"),
    ];
    let mut server = Process::start("server", &environment).await;
    let alice = Client::new(&server.url);
    let mut socket = Socket::connect(&server.url, None).await;

    // alice's testimony is held up half-way, and the server is asked to stop.
    sql(&mut other, "begin").await;
    sql(&mut other, "lock table testimony in exclusive mode").await;
    let submit = "mutation($input: TestimonySubmitInput!) { testimonySubmit(input: $input) { testimony { status } } }";
    let (answer, code) = tokio::join!(
        alice.data(submit, json!({ "input": telling(A, "Au moment de l'arrêt") })),
        async {
            until("her request waits", 20, async || {
                number(
                    &mut conn,
                    "select count(*) as n from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'",
                )
                .await
                    == 1
            })
            .await;
            server.signal("TERM").await;
            assert_eq!(socket.hear().await, Heard::Closed(1001), "listeners may go elsewhere");
            sql(&mut other, "rollback").await;
            server.end().await
        }
    );
    assert_eq!(answer["testimonySubmit"]["testimony"]["status"], "IN_MODERATION");
    assert_eq!(code, Some(0));
    assert_eq!(number(&mut conn, "select count(*) as n from testimony").await, 1);
    assert_eq!(jobs_of(&mut conn, JobKind::BroadcastEvent).await.len(), 1);
    world.end_anyhow().await;
}

#[tokio::test]
async fn a_server_that_is_stopped_takes_leave_of_every_socket() {
    let world = world().await;
    let environment = [("DATABASE_URL", world.database_url.as_str()), ("SPP_LOG", "error")];
    let mut server = Process::start("server", &environment).await;
    let mut sockets = vec![];
    for _ in 0..60 {
        sockets.push(Socket::connect(&server.url, None).await);
    }
    // No request is open that would keep the program for a while.
    server.signal("TERM").await;
    for socket in &mut sockets {
        assert_eq!(socket.hear().await, Heard::Closed(1001));
    }
    assert_eq!(server.end().await, Some(0));
    world.end_anyhow().await;
}
