//! Reading testimonies, as far as the caller may see.

use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Pool;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Action;
use crate::listen::testimony::model::{
    EventKind, Experience, Testimony, TestimonyFilter, TestimonyOrder,
};
use crate::listen::testimony::store;

/// One page of testimonies, as far as the caller may see.
///
/// # Errors
/// Internal, or a cursor that cannot be read.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &TestimonyFilter,
    order: TestimonyOrder,
    page: &Page,
) -> Result<Slice<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    store::list(&mut *app.pool.get().await?, &scope, filter, order, page).await
}

/// How many testimonies a filter keeps, as far as the caller may see.
///
/// # Errors
/// Internal only.
pub async fn count(app: &App, caller: &Caller, filter: &TestimonyFilter) -> Result<i64> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::count(&mut *app.pool.get().await?, &scope, filter).await?)
}

/// A testimony by id; `None` when there is none or the caller may not see it.
///
/// # Errors
/// Internal only.
pub async fn by_id(app: &App, caller: &Caller, id: i64) -> Result<Option<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::by_id(&mut *app.pool.get().await?, &scope, id).await?)
}

/// Those of these testimonies that the caller may see.
///
/// # Errors
/// Internal only.
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::by_ids(&mut *app.pool.get().await?, &scope, ids).await?)
}

/// A testimony by its public number; `None` as for [`by_id`].
///
/// # Errors
/// Internal only.
pub async fn by_number(app: &App, caller: &Caller, number: i64) -> Result<Option<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    Ok(store::by_number(&mut *app.pool.get().await?, &scope, number).await?)
}

/// Those of these testimonies that a listener of one kind of event may be told.
///
/// # Errors
/// Internal only.
pub async fn told(
    app: &App,
    caller: &Caller,
    kind: EventKind,
    filter: &TestimonyFilter,
    ids: &[i64],
) -> Result<Vec<Testimony>> {
    let scope = caller.actor.reached(Action::ReadHiddenTestimonies);
    let within = kind == EventKind::Submitted;
    Ok(store::among(&mut *app.pool.get().await?, &scope, within, filter, ids).await?)
}

/// The experiences of some testimonies. Visibility was decided when the testimonies were read.
///
/// # Errors
/// Internal only.
pub async fn experiences(pool: &Pool, ids: &[i64]) -> Result<Vec<Experience>> {
    Ok(store::experiences(&mut *pool.get().await?, ids).await?)
}
