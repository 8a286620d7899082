//! Mail servers that refuse, fall silent, or hang up at the worst moment.

use schema::foundation::database::Conn;
use schema::operate::job::{Job, JobKind, JobState};
use serde_json::{Value, json};
use tests::World;
use tests::process::{Process, until};
use tests::smtp::{Behaviour, Smtp};

use super::{bring_forward, end, worker, world};
use crate::operate::{acknowledge, jobs_of, timeline};

/// alice's acknowledgement on its way through one mail server and one worker.
struct Story {
    world: World,
    conn: Conn,
    smtp: Smtp,
    worker: Process,
    request: String,
}

impl Story {
    async fn begin(behaviour: Behaviour) -> Self {
        let world = world().await;
        let smtp = Smtp::start(behaviour).await;
        // Only those that never answer should meet it.
        let patience = match behaviour {
            Behaviour::Silent | Behaviour::KeepThenHang => "3",
            _ => "30",
        };
        let patience = [("SPP_MAIL_TIMEOUT_SECONDS", patience)];
        let worker = worker(&world, &smtp.url(), &patience).await;
        let request = acknowledge(&world, &world.person("bruno").await).await;
        Self { conn: world.conn().await, world, smtp, worker, request }
    }

    async fn job(&mut self) -> Job {
        jobs_of(&mut self.conn, JobKind::AcknowledgeWrittenRequest).await.remove(0)
    }

    /// Waits for the end of run number `attempt`.
    async fn after_run(&mut self, attempt: i32) -> Job {
        until("the run has ended", 20, async || {
            let job = self.job().await;
            job.attempt == attempt && job.state != JobState::Running
        })
        .await;
        self.job().await
    }

    /// What the ledger says about the message.
    async fn entry(&self) -> Value {
        let mut entries = timeline(&self.world.person("iris").await, &self.request).await;
        assert_eq!(entries.len(), 1, "one message, one row");
        entries.remove(0)
    }

    /// The next run finds a server that takes messages; the message is there, `times` in all.
    async fn accepted(mut self, times: usize) {
        let before = self.entry().await;
        assert_eq!(before["status"], "PREPARED", "it waits for another try");
        let run = self.job().await.attempt;
        self.smtp.behave(Behaviour::Accept);
        bring_forward(&mut self.conn).await;
        assert_eq!(self.after_run(run + 1).await.state, JobState::Done);
        let (mails, entry) = (self.smtp.mails(), self.entry().await);
        assert_eq!(mails.len(), times);
        assert!(mails.iter().all(|mail| mail.to == "alice@exemple.test"));
        for mail in self.smtp.messages() {
            assert_eq!(
                json!(format!("<{}>", mail.message_id)),
                before["messageId"],
                "every try under one identity"
            );
        }
        assert_eq!((&entry["status"], &entry["messageId"]), (&json!("SENT"), &before["messageId"]));
        assert_eq!(self.worker.stop().await, Some(0));
        end(self.world).await;
    }
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again() {
    let mut story = Story::begin(Behaviour::Later).await;
    let job = story.after_run(1).await;
    assert_eq!(job.state, JobState::Ready);
    assert!(
        (job.run_at - job.started_at.unwrap()).num_minutes() == 1,
        "the first step of the ladder of e-mails"
    );
    assert!(job.error.unwrap().contains("450"));
    bring_forward(&mut story.conn).await;
    assert_eq!(story.after_run(2).await.state, JobState::Ready);
    story.accepted(1).await;
}

#[tokio::test]
async fn a_refusal_for_good_is_final() {
    let mut story = Story::begin(Behaviour::Never).await;
    let job = story.after_run(1).await;
    assert_eq!(job.state, JobState::Dead);
    let error = job.error.unwrap();
    assert!(
        error.contains("550") && !error.contains('@'),
        "the reason without the address: {error}"
    );
    let entry = story.entry().await;
    assert_eq!((&entry["status"], &entry["sentAt"]), (&json!("FAILED"), &json!(null)));
    // Nothing waits for another try, and a server that would now take it is not asked.
    story.smtp.behave(Behaviour::Accept);
    bring_forward(&mut story.conn).await;
    assert_eq!(story.worker.stop().await, Some(0));
    assert_eq!(
        (story.job().await.attempt, story.smtp.announced(), story.smtp.mails().len()),
        (1, 0, 0)
    );
    story.world.end_anyhow().await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_after_the_time_limit() {
    let mut story = Story::begin(Behaviour::Silent).await;
    let job = story.after_run(1).await;
    assert_eq!((job.state, story.smtp.connections()), (JobState::Ready, 1));
    story.accepted(1).await;
}

#[tokio::test]
async fn a_server_that_never_answers_a_whole_message_is_left_too() {
    // It has the message and will keep it: the next try is its second copy, known by its identity.
    let mut story = Story::begin(Behaviour::KeepThenHang).await;
    assert_eq!(story.after_run(1).await.state, JobState::Ready);
    story.accepted(2).await;
}

#[tokio::test]
async fn a_server_that_hangs_up_before_its_answer_is_asked_again() {
    let mut story = Story::begin(Behaviour::CloseBeforeAnswer).await;
    assert_eq!(story.after_run(1).await.state, JobState::Ready);
    assert_eq!((story.smtp.messages_read(), story.smtp.mails().len()), (1, 0));
    story.accepted(1).await;
}

/// The window that SMTP leaves open (docs/operating.md, « Mail that cannot leave »): a server that keeps a
/// message and hangs up without saying so receives it again, under the same Message-ID, by which mailboxes
/// drop the copy.
#[tokio::test]
async fn a_server_that_keeps_a_message_and_hangs_up_gets_a_copy_under_the_same_identity() {
    let mut story = Story::begin(Behaviour::KeepThenClose).await;
    assert_eq!(story.after_run(1).await.state, JobState::Ready);
    assert_eq!(story.smtp.mails().len(), 1);
    story.accepted(2).await;
}
