//! Reading commitments: public.

use super::model::Commitment;
use super::store;
use crate::foundation::app::App;
use crate::foundation::error::Result;

/// The commitments with these ids; unknown ids are simply missing.
///
/// # Errors
/// Internal only.
pub async fn by_ids(app: &App, ids: &[i64]) -> Result<Vec<Commitment>> {
    Ok(store::by_ids(&mut *app.pool.get().await?, ids).await?)
}

/// The commitments of one version, or of the latest.
///
/// # Errors
/// Internal only.
pub async fn of_version(app: &App, version: Option<i16>) -> Result<Vec<Commitment>> {
    Ok(store::of_version(&mut *app.pool.get().await?, version).await?)
}
