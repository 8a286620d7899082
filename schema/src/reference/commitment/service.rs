//! Reading commitments: public.

use super::model::Commitment;
use super::store;
use crate::foundation::app::App;
use crate::foundation::error::Result;

/// The commitments of one version, or of the latest.
///
/// # Errors
/// Internal only.
pub async fn of_version(app: &App, version: Option<i16>) -> Result<Vec<Commitment>> {
    Ok(store::of_version(&mut *app.pool.get().await?, version).await?)
}
