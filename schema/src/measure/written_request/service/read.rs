//! Reading the register, as far as the caller may.

use std::collections::HashMap;

use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Pool;
use crate::foundation::error::{Error, Result};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Scope};
use crate::measure::written_request::model::{
    WrittenRequest, WrittenRequestFilter, WrittenRequestOrder,
};
use crate::measure::written_request::store;

/// One page of the requests in a scope of [`Action::ReadWrittenRequests`].
///
/// # Errors
/// A cursor that cannot be read; [`Error::Forbidden`] for another scope.
pub async fn list(
    app: &App,
    scope: &Scope,
    filter: &WrittenRequestFilter,
    order: WrittenRequestOrder,
    page: &Page,
) -> Result<Slice<WrittenRequest>> {
    let scope = scope.of(Action::ReadWrittenRequests)?;
    let mut conn = app.pool.get().await?;
    store::list(&mut conn, scope, filter, order, page, app.clock.today()).await
}

/// How many requests a filter keeps in a scope of [`Action::ReadWrittenRequests`].
///
/// # Errors
/// [`Error::Forbidden`] for another scope.
pub async fn count(app: &App, scope: &Scope, filter: &WrittenRequestFilter) -> Result<i64> {
    let scope = scope.of(Action::ReadWrittenRequests)?;
    let mut conn = app.pool.get().await?;
    Ok(store::count(&mut conn, scope, filter, app.clock.today()).await?)
}

/// A request by row number.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::Forbidden`]; [`Error::NotFound`] when there is none or it is another's: the
/// two answer alike.
pub async fn by_id(app: &App, caller: &Caller, id: i64) -> Result<WrittenRequest> {
    let scope = caller.actor.scope(Action::ReadWrittenRequests)?;
    let mut conn = app.pool.get().await?;
    store::by_id(&mut conn, &scope, id).await?.ok_or(Error::NotFound)
}

/// Those of these requests that the caller may read, in no order; the others are missing.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::Forbidden`].
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<WrittenRequest>> {
    let scope = caller.actor.scope(Action::ReadWrittenRequests)?;
    let mut conn = app.pool.get().await?;
    Ok(store::by_ids(&mut conn, &scope, ids).await?)
}

/// For each of some requests, the newest `limit` others of the same sender in a scope of
/// [`Action::ReadWrittenRequests`].
///
/// # Errors
/// [`Error::Forbidden`] for another scope.
pub async fn same_sender(
    pool: &Pool,
    scope: &Scope,
    ids: &[i64],
    limit: i64,
) -> Result<HashMap<i64, Vec<WrittenRequest>>> {
    let scope = scope.of(Action::ReadWrittenRequests)?;
    let mut conn = pool.get().await?;
    let mut grouped: HashMap<i64, Vec<WrittenRequest>> = HashMap::with_capacity(ids.len());
    for (of, request) in store::same_sender(&mut conn, scope, ids, limit).await? {
        grouped.entry(of).or_default().push(request);
    }
    Ok(grouped)
}
