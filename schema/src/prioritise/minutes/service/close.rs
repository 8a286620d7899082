//! Closing a committee: its minutes are complete, its synthesis is drawn and shared.

use diesel_async::AsyncConnection;
use serde_json::json;

use super::proofreader;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::{Error as Outcome, Refusal, Refuse, Result};
use crate::operate::job::{self, JobKind, NewJob};
use crate::prioritise::committee;
use crate::prioritise::committee::model::Committee;
use crate::prioritise::committee::rules::TITLE_LENGTH;
use crate::prioritise::minutes::error::Error;
use crate::prioritise::minutes::rules::{LINE_LENGTH, attendance, lacks};
use crate::prioritise::minutes::store;

/// Closes a committee that was held. A job then draws its synthesis and sends it to those who came and to the
/// agents of the site.
///
/// # Errors
/// What is missing, all at once; a written reason goes beyond all of it but the attendance. `NOT_FOUND` for
/// another's committee.
pub async fn close(app: &App, caller: &Caller, id: i64, reason: Option<&str>) -> Result<Committee> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let committee = committee::service::lock_held(conn, caller, id, now).await?;
        let people = committee::service::people_of(conn, id).await?;
        let minutes = store::load(conn, &[id]).await?;
        let reader = proofreader(conn, &committee, &people).await?;
        let reason = match reason {
            None => None,
            Some(text) => Some(reader.required(text, LINE_LENGTH, &["overrideReason"])?),
        };
        // What everybody will read names nobody either; `committeeRecord` changes it.
        let headings =
            [("title", Some(committee.title.as_str())), ("theme", committee.theme.as_deref())];
        let mut faults: Vec<Refusal> = headings
            .into_iter()
            .filter_map(|(field, text)| reader.optional(text, TITLE_LENGTH, &[field]).err())
            .collect();
        let unknown = people.iter().filter(|p| p.counts() && p.attended.is_none()).count();
        if unknown > 0 {
            faults.push(Error::AttendanceMissing(unknown).refusal());
        }
        if reason.is_none() {
            faults.extend(lacks(committee.kind, &minutes).iter().map(Refuse::refusal));
        }
        if !faults.is_empty() {
            return Err(Outcome::Refused(faults));
        }
        let committee = store::close(conn, id, attendance(&people), reason.as_deref(), now).await?;
        committee::service::record(conn, now, caller, "committee.close", &committee).await?;
        let draw = NewJob::new(JobKind::DrawCommittee, json!({ "committee": id }))
            .unique(format!("committee-draw:{id}"))
            .request(&caller.request_id);
        job::enqueue(conn, now, draw).await?;
        Ok(committee)
    })
    .await
}
