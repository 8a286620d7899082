//! The jobs of a committee: planned for one start of the event, withdrawn when it moves.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::foundation::app::App;
use crate::foundation::database::{Conn, commit_lazily};
use crate::foundation::error::Result;
use crate::foundation::settings::Settings;
use crate::operate::job::{self, JobKind, NewJob};
use crate::prioritise::committee::model::{Committee, Letters};
use crate::prioritise::committee::rules::{
    ConfirmationStage, Headcount, asks_now, blocked, due_at, stage_key,
};
use crate::prioritise::committee::store;

/// Payload of `ASK_COMMITTEE`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ask {
    /// Row number of the committee.
    pub committee: i64,
    /// The start for which it was planned: moved meanwhile, there is nothing to ask.
    pub starts_at: DateTime<Utc>,
    /// Which request.
    pub stage: String,
}

/// Plans the requests and the summary of the present start.
pub(super) async fn arm(
    conn: &mut Conn,
    now: DateTime<Utc>,
    settings: &Settings,
    committee: &Committee,
    request_id: &str,
) -> Result<()> {
    for stage in ConfirmationStage::ALL {
        let due = due_at(*stage, committee.starts_at, settings.second_confirmation);
        job::enqueue(
            conn,
            now,
            ask_job(committee, *stage)
                .unique(key(committee, stage.as_str()))
                .at(due.max(now))
                .request(request_id),
        )
        .await?;
    }
    // With the second request; of an event planned later than that, half-way to it.
    let second =
        due_at(ConfirmationStage::Second, committee.starts_at, settings.second_confirmation);
    let due = if second > now { second } else { now + (committee.starts_at - now) / 2 };
    let summary = summary_job(committee, "SUMMARY")
        .unique(key(committee, "SUMMARY"))
        .at(due)
        .request(request_id);
    job::enqueue(conn, now, summary).await?;
    Ok(())
}

/// Withdraws what was planned for the present start, before it changes.
pub(super) async fn disarm(
    conn: &mut Conn,
    now: DateTime<Utc>,
    committee: &Committee,
) -> Result<()> {
    let keys: Vec<String> =
        ["FIRST", "SECOND", "SUMMARY"].iter().map(|what| key(committee, what)).collect();
    job::withdraw(conn, now, &keys).await?;
    Ok(())
}

/// Asks at once, when somebody was added or a reason written after the first request was due.
pub(super) async fn ask_again(
    conn: &mut Conn,
    now: DateTime<Utc>,
    committee: &Committee,
    request_id: &str,
) -> Result<()> {
    let job = ask_job(committee, ConfirmationStage::First).request(request_id);
    job::enqueue(conn, now, job).await?;
    Ok(())
}

fn ask_job(committee: &Committee, stage: ConfirmationStage) -> NewJob {
    NewJob::new(
        JobKind::AskCommittee,
        json!({ "committee": committee.id, "starts_at": committee.starts_at, "stage": stage.as_str() }),
    )
}

fn summary_job(committee: &Committee, stage: &str) -> NewJob {
    NewJob::new(
        JobKind::SummariseCommittee,
        json!({ "committee": committee.id, "starts_at": committee.starts_at, "stage": stage }),
    )
}

fn key(committee: &Committee, what: &str) -> String {
    format!("committee:{}:{}:{what}", committee.id, committee.sequence)
}

/// The job of one letter about one version of the event.
pub(super) fn letter_job(participant: i64, letter: Letters, sequence: i32) -> NewJob {
    NewJob::new(
        JobKind::WriteCommittee,
        json!({ "participant": participant, "letter": letter.as_str(), "sequence": sequence }),
    )
}

/// Asks everybody of a committee who must be asked now. When its composition forbids it (C29) only the
/// organiser is told. Gives the hour to come back at when it is too early, because an operator brought the job forward:
/// there is no other that would ask.
///
/// # Errors
/// Internal only.
pub async fn ask(app: &App, ask: &Ask, request_id: Option<&str>) -> Result<Option<DateTime<Utc>>> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        commit_lazily(conn).await?;
        let Some(committee) = store::lock(conn, ask.committee).await? else { return Ok(None) };
        if committee.starts_at != ask.starts_at {
            return Ok(None);
        }
        let Ok(stage) = ask.stage.parse::<ConfirmationStage>() else { return Ok(None) };
        let before = app.settings.second_confirmation;
        let due = due_at(stage, committee.starts_at, before);
        if now < due {
            return Ok(Some(due));
        }
        let people = store::people(conn, &[committee.id]).await?;
        // A list that nobody was invited from is the organiser's own business still.
        if people.iter().all(|person| person.invited_for.is_none()) {
            return Ok(None);
        }
        let count = Headcount::expected(&people);
        if blocked(committee.kind, count, committee.override_reason.as_deref()) {
            let told = summary_job(&committee, "BLOCKED").unique(key(&committee, "BLOCKED"));
            job::enqueue(conn, now, told).await?;
            return Ok(None);
        }
        let letter = match stage {
            ConfirmationStage::First => Letters::First,
            ConfirmationStage::Second => Letters::Second,
        };
        let asked = people.iter().filter(|p| asks_now(stage, &p.seat(&committee), now, before));
        let what = stage_key(stage, committee.starts_at);
        let jobs: Vec<NewJob> = asked
            .map(|person| {
                let key = format!("committee-ask:{}:{what}", person.id);
                letter_job(person.id, letter, committee.sequence).unique(key).caused_by(request_id)
            })
            .collect();
        job::enqueue_many(conn, now, jobs).await?;
        Ok(None)
    })
    .await
}
