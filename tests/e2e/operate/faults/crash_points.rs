//! A worker dies at each named point of a message's way (`SPP_CRASH_AT`), and another takes over: how many copies the
//! mail server has in the end, and what the ledger says, for a kind that is repeated and one that is not.

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures_util::future::join_all;
use schema::operate::email::model::Email;
use schema::operate::job::{JobKind, JobState};
use schema::tables;
use tests::people::B;
use tests::process::until;
use tests::smtp::{Behaviour, Smtp};

use super::{launch, worker, world};
use crate::operate::{acknowledge, folder, jobs_of, number, publish, sql, tell, telling};

/// To our own managers: repeated after an interruption.
const REPEATED: JobKind = JobKind::AlertTestimonies;
/// To a citizen: left to an operator.
const JUDGED: JobKind = JobKind::AcknowledgeWrittenRequest;

/// What is left when everything has ended.
#[derive(Debug, PartialEq)]
struct End {
    /// Copies that arrived, all under one identity.
    copies: usize,
    /// What the ledger says.
    row: &'static str,
    job: JobState,
    attempt: i32,
    crashes: i32,
}

const fn sent(copies: usize, attempt: i32, crashes: i32) -> End {
    End { copies, row: "SENT", job: JobState::Done, attempt, crashes }
}

const fn to_judge(copies: usize) -> End {
    End { copies, row: "UNCERTAIN", job: JobState::Dead, attempt: 2, crashes: 1 }
}

/// Each point with the end of a message that is repeated, and of one that is not. Between « the ledger says that it
/// leaves » and « the ledger says that it left » nobody can know: there, and nowhere else, is a second copy, or a
/// message for an operator to judge.
static POINTS: [(&str, End, End); 8] = [
    ("BEFORE_CLAIM", sent(1, 1, 0), sent(1, 1, 0)),
    ("AFTER_CLAIM", sent(1, 2, 1), sent(1, 2, 1)),
    ("BEFORE_DATA", sent(1, 2, 1), sent(1, 2, 1)),
    ("BEFORE_MESSAGE", sent(1, 2, 1), to_judge(0)),
    ("AFTER_DATA", sent(2, 2, 1), to_judge(1)),
    ("BEFORE_RECORD", sent(2, 2, 1), to_judge(1)),
    ("AFTER_RECORD", sent(1, 2, 1), sent(1, 2, 1)),
    ("BEFORE_ANSWER", sent(1, 2, 1), sent(1, 2, 1)),
];

/// Where messages go.
#[derive(Clone, Copy, PartialEq)]
enum Post {
    Server,
    Folder,
}

/// One message, whose workers die one after the other, each at one of the points; a last one
/// lives. `sabotage` takes a guard out of the database first.
async fn story(points: &str, kind: JobKind, post: Post, sabotage: &str) -> End {
    let world = world().await;
    let mut conn = world.conn().await;
    let smtp = Smtp::start(Behaviour::Accept).await;
    let mail = if post == Post::Server { smtp.url() } else { folder(&world) };
    if kind == JUDGED {
        acknowledge(&world, &world.person("bruno").await).await;
    } else {
        let testimony = tell(&world, telling(B, "Au mauvais moment")).await;
        publish(&world.person("gaelle").await, &testimony).await;
    }
    // Only the message is to come by the point.
    let others =
        "update job set state = 'CANCELLED', finished_at = clock_timestamp() where queue <> 'MAIL'";
    sql(&mut conn, others).await;
    assert_eq!(number(&mut conn, "select count(*) as n from job where state = 'READY'").await, 1);
    if !sabotage.is_empty() {
        conn.batch_execute(sabotage).await.unwrap();
    }

    for point in points.split(' ') {
        let mut dies = launch(&world, &mail, &[("SPP_CRASH_AT", point)]);
        assert_eq!(dies.end().await, None, "{point}: a signal ended it, no error");
    }
    let last = worker(&world, &mail, &[]).await;
    until(&format!("{points}: {kind} has ended"), 30, async || {
        let job = jobs_of(&mut conn, kind).await.remove(0);
        matches!(job.state, JobState::Done | JobState::Dead)
    })
    .await;

    let mails = if post == Post::Server { smtp.mails() } else { world.mailbox.all() };
    let rows: Vec<Email> =
        tables::email::table.select(Email::as_select()).load(&mut conn).await.unwrap();
    assert_eq!(rows.len(), 1, "{points}: one message, one row");
    for mail in &mails {
        assert_eq!(format!("<{}>", mail.message_id), rows[0].message_id, "{points}: one identity");
    }
    let job = jobs_of(&mut conn, kind).await.remove(0);
    let end = End {
        copies: mails.len(),
        row: rows[0].status.as_str(),
        job: job.state,
        attempt: job.attempt,
        crashes: job.crashes,
    };
    drop(last);
    world.end_anyhow().await;
    end
}

#[tokio::test]
async fn wherever_a_worker_dies_a_message_that_may_be_repeated_arrives() {
    let stories = POINTS.iter().map(|(point, ..)| story(point, REPEATED, Post::Server, ""));
    for (end, (point, expected, _)) in join_all(stories).await.iter().zip(&POINTS) {
        assert_eq!(end, expected, "{point}");
    }
}

#[tokio::test]
async fn wherever_a_worker_dies_a_message_that_may_not_be_repeated_comes_once_at_most() {
    let stories = POINTS.iter().map(|(point, ..)| story(point, JUDGED, Post::Server, ""));
    for (end, (point, _, expected)) in join_all(stories).await.iter().zip(&POINTS) {
        assert_eq!(end, expected, "{point}");
    }
}

/// What the second worker found out is written down before it can say what became of its run. The third must not take
/// the message up as if an operator had decided so.
#[tokio::test]
async fn a_message_that_may_not_be_repeated_stays_so_when_the_next_worker_dies_too() {
    let found = story("AFTER_DATA BEFORE_ANSWER", JUDGED, Post::Server, "").await;
    assert_eq!(found, End { attempt: 3, crashes: 2, ..to_judge(1) });
}

/// In a folder a second copy replaces the first: its name comes from the identity.
#[tokio::test]
async fn wherever_a_worker_dies_a_folder_holds_one_file() {
    let points = ["BEFORE_DATA", "BEFORE_MESSAGE", "AFTER_DATA"];
    let stories = points.map(|point| story(point, REPEATED, Post::Folder, ""));
    for (end, point) in join_all(stories).await.iter().zip(points) {
        assert_eq!(end, &sent(1, 2, 1), "{point}");
    }
}

/// The broken twins: without what the ledger says just before a message leaves, or just after, or when nobody knows, the
/// second copy comes.
#[tokio::test]
async fn a_ledger_that_misses_a_step_sends_twice() {
    let missing = |step: &str, instead: &str| {
        format!(
            "create function forget() returns trigger language plpgsql as $$
             begin
               if new.status = '{step}' then new.status := {instead}; end if;
               return new;
             end $$;
             create trigger forget before update on email for each row execute function forget();"
        )
    };
    let (no_mark, no_record) = (missing("SENDING", "'PREPARED'"), missing("SENT", "old.status"));
    let no_doubt = missing("UNCERTAIN", "'PREPARED'");
    let (unmarked, unrecorded, undoubted) = tokio::join!(
        story("AFTER_DATA", JUDGED, Post::Server, &no_mark),
        story("AFTER_RECORD", REPEATED, Post::Server, &no_record),
        story("AFTER_DATA", JUDGED, Post::Server, &no_doubt)
    );
    assert_eq!(unmarked, sent(2, 2, 1), "nobody noticed that it was leaving");
    assert_eq!(
        unrecorded,
        End { row: "SENDING", ..sent(2, 2, 1) },
        "nobody noticed that it had left"
    );
    assert_eq!(undoubted, sent(2, 2, 1), "nobody noticed that it may have left");
}
