//! Reading minutes: organisers see the draft, agents of the site and the public what was shared.

use std::collections::HashMap;

use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Pool;
use crate::foundation::error::{Error, Result};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Action;
use crate::prioritise::committee;
use crate::prioritise::committee::model::{
    Committee, CommitteeFilter, CommitteeOrder, CommitteeStatus,
};
use crate::prioritise::minutes::model::{Audience, Document, Minutes, Outcome};
use crate::prioritise::minutes::store;

/// Whether a caller who may read a committee may read its minutes: drafts belong to its organisers.
pub fn visible(caller: &Caller, committee: &Committee, path: &[i64]) -> bool {
    committee.status == CommitteeStatus::Closed
        || caller.actor.reached(Action::OrganiseCommittees).covers(path)
}

/// The minutes of committees whose minutes the caller may read.
///
/// # Errors
/// Internal only.
pub async fn minutes(pool: &Pool, committees: &[i64]) -> Result<HashMap<i64, Minutes>> {
    let mut conn = pool.get().await?;
    let all = store::load(&mut conn, committees).await?;
    let mut grouped: HashMap<i64, Minutes> =
        committees.iter().map(|id| (*id, Minutes::default())).collect();
    for row in all.notes {
        grouped.entry(row.committee_id).or_default().notes.push(row);
    }
    for row in all.verbatims {
        grouped.entry(row.committee_id).or_default().verbatims.push(row);
    }
    for row in all.ideas {
        grouped.entry(row.committee_id).or_default().ideas.push(row);
    }
    for row in all.outcomes {
        grouped.entry(row.committee_id).or_default().outcomes.push(row);
    }
    Ok(grouped)
}

/// Those of these priorities and decisions that the caller may read, in no order.
///
/// # Errors
/// Internal only.
pub async fn outcomes_by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Outcome>> {
    let scope = caller.actor.reached(Action::OrganiseCommittees);
    let mut conn = app.pool.get().await?;
    Ok(store::outcomes_within(&mut conn, &scope, ids).await?)
}

/// A closed committee, as everybody may read of it.
///
/// # Errors
/// [`Error::NotFound`] when there is none or it is not closed.
pub async fn summary(app: &App, caller: &Caller, id: i64) -> Result<Committee> {
    let found = committee::service::closed_by_ids(app, caller, &[id]).await?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// One page of closed committees.
///
/// # Errors
/// A cursor that cannot be read.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &CommitteeFilter,
    page: &Page,
) -> Result<Slice<Committee>> {
    committee::service::list_closed(app, caller, filter, CommitteeOrder::Latest, page).await
}

/// The synthesis of a committee as it was shared: with everybody, or with those who may read the committee.
///
/// # Errors
/// [`Error::NotFound`] when it was not drawn, or the committee is another's.
pub async fn document(app: &App, caller: &Caller, id: i64, audience: Audience) -> Result<Document> {
    if audience == Audience::Participants {
        committee::service::by_id(app, caller, id).await?;
    }
    let mut conn = app.pool.get().await?;
    store::document(&mut conn, id, audience).await?.ok_or(Error::NotFound)
}
