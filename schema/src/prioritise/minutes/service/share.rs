//! Sharing a synthesis: drawn once, then sent to those who came and to the agents of the site.

use diesel_async::AsyncConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::foundation::app::App;
use crate::foundation::error::Result;
use crate::operate::job::{self, JobKind, NewJob};
use crate::prioritise::committee;
use crate::prioritise::committee::model::CommitteeStatus;
use crate::prioritise::minutes::document::{Material, Synthesis};
use crate::prioritise::minutes::model::{Audience, Document};
use crate::prioritise::minutes::store;
use crate::reference::{account, structure};

/// Somebody who reads a synthesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// Somebody who came, by row number.
    Participant(i64),
    /// An agent of the site, by row number.
    Account(i64),
}

/// What is to be drawn for a closed committee, for each audience; `None` when it was drawn already, or there is
/// nothing to draw.
///
/// # Errors
/// Internal only.
pub async fn to_draw(app: &App, id: i64) -> Result<Option<Vec<(Audience, Synthesis)>>> {
    let mut conn = app.pool.get().await?;
    let Some(committee) = committee::service::find(&mut conn, id).await? else { return Ok(None) };
    if committee.status != CommitteeStatus::Closed
        || store::document(&mut conn, id, Audience::Public).await?.is_some()
    {
        return Ok(None);
    }
    let structure = structure::service::find(&mut conn, committee.structure_id).await?;
    let people = committee::service::people_of(&mut conn, id).await?;
    let minutes = store::load(&mut conn, &[id]).await?;
    let from: Vec<i64> = minutes.outcomes.iter().filter_map(|o| o.origin_committee_id).collect();
    let material = Material {
        committee: &committee,
        structure: structure.as_ref().map_or("", |structure| structure.name.as_str()),
        people: &people,
        minutes: &minutes,
        others: &store::titles(&mut conn, &from).await?,
    };
    let audiences = Audience::ALL.iter();
    Ok(Some(audiences.map(|audience| (*audience, material.synthesis(*audience))).collect()))
}

/// Keeps what was drawn, and leaves one letter for each reader. A second run changes nothing.
///
/// # Errors
/// Internal only.
pub async fn drawn(
    app: &App,
    id: i64,
    documents: &[Document],
    request_id: Option<&str>,
) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let Some(committee) = committee::service::find(conn, id).await? else { return Ok(()) };
        if store::keep(conn, documents).await? == 0 {
            return Ok(());
        }
        let people = committee::service::people_of(conn, id).await?;
        let came: Vec<_> = people.iter().filter(|p| p.attended == Some(true)).collect();
        let mut readers: Vec<Reader> = came.iter().map(|p| Reader::Participant(p.id)).collect();
        // An agent who sat in it has read it as one of those who came.
        let agents = account::service::agents_of(conn, committee.structure_id).await?;
        let absent = agents
            .iter()
            .filter(|agent| came.iter().all(|p| !p.email.eq_ignore_ascii_case(&agent.email)));
        readers.extend(absent.map(|agent| Reader::Account(agent.account_id)));
        let jobs = readers.into_iter().map(|reader| {
            NewJob::new(JobKind::ShareCommittee, json!({ "committee": id, "reader": reader }))
                .caused_by(request_id)
        });
        job::enqueue_many(conn, now, jobs).await?;
        Ok(())
    })
    .await
}
