//! Reading committees, as far as the caller may.

use std::collections::HashMap;

use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::{Conn, Pool};
use crate::foundation::error::{Error, Result};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Scope};
use crate::prioritise::committee::model::{
    Committee, CommitteeFilter, CommitteeOrder, CommitteeStatus, Participant,
};
use crate::prioritise::committee::store;

/// One page of the committees in a scope of [`Action::ReadCommittees`].
///
/// # Errors
/// A cursor that cannot be read; [`Error::Forbidden`] for another scope.
pub async fn list(
    app: &App,
    scope: &Scope,
    filter: &CommitteeFilter,
    order: CommitteeOrder,
    page: &Page,
) -> Result<Slice<Committee>> {
    let scope = scope.of(Action::ReadCommittees)?;
    let mut conn = app.pool.get().await?;
    store::list(&mut conn, scope, filter, order, page).await
}

/// How many committees a filter keeps in a scope of [`Action::ReadCommittees`].
///
/// # Errors
/// [`Error::Forbidden`] for another scope.
pub async fn count(app: &App, scope: &Scope, filter: &CommitteeFilter) -> Result<i64> {
    let scope = scope.of(Action::ReadCommittees)?;
    let mut conn = app.pool.get().await?;
    Ok(store::count(&mut conn, scope, filter).await?)
}

/// A committee by row number.
///
/// # Errors
/// [`Error::NotFound`] when there is none or it is another's: the two answer alike.
pub async fn by_id(app: &App, caller: &Caller, id: i64) -> Result<Committee> {
    by_ids(app, caller, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// A committee by row number, for work that acts for nobody in particular.
///
/// # Errors
/// Internal only.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<Committee>> {
    Ok(store::find(conn, id).await?)
}

/// The people of a committee, for work that acts for nobody in particular.
///
/// # Errors
/// Internal only.
pub async fn people_of(conn: &mut Conn, id: i64) -> Result<Vec<Participant>> {
    Ok(store::people(conn, &[id]).await?)
}

/// Those of these committees that the caller may read, in no order.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::Forbidden`].
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Committee>> {
    let scope = caller.actor.scope(Action::ReadCommittees)?;
    let mut conn = app.pool.get().await?;
    Ok(store::by_ids(&mut conn, &scope, ids).await?)
}

/// The people of committees that the caller was allowed to read.
///
/// # Errors
/// Internal only.
pub async fn people(pool: &Pool, committees: &[i64]) -> Result<HashMap<i64, Vec<Participant>>> {
    let mut conn = pool.get().await?;
    let mut grouped: HashMap<i64, Vec<Participant>> = HashMap::with_capacity(committees.len());
    for person in store::people(&mut conn, committees).await? {
        grouped.entry(person.committee_id).or_default().push(person);
    }
    Ok(grouped)
}

/// Those of these people whose committees the caller organises, in no order.
///
/// # Errors
/// As [`by_ids`].
pub async fn people_by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Participant>> {
    let scope = caller.actor.scope(Action::OrganiseCommittees)?;
    let mut conn = app.pool.get().await?;
    Ok(store::people_within(&mut conn, &scope, ids).await?)
}

/// One page of closed committees, for everybody: what came of them is public, who sat in them is not.
///
/// # Errors
/// A cursor that cannot be read.
pub async fn list_closed(
    app: &App,
    caller: &Caller,
    filter: &CommitteeFilter,
    order: CommitteeOrder,
    page: &Page,
) -> Result<Slice<Committee>> {
    let filter = CommitteeFilter { status: Some(CommitteeStatus::Closed), ..filter.clone() };
    let scope = caller.actor.scope(Action::ReadPublic)?;
    let mut conn = app.pool.get().await?;
    store::list(&mut conn, &scope, &filter, order, page).await
}

/// Those of these committees that are closed, for everybody, in no order.
///
/// # Errors
/// Internal only.
pub async fn closed_by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Committee>> {
    let scope = caller.actor.scope(Action::ReadPublic)?;
    let mut conn = app.pool.get().await?;
    let mut found = store::by_ids(&mut conn, &scope, ids).await?;
    found.retain(|committee| committee.status == CommitteeStatus::Closed);
    Ok(found)
}
