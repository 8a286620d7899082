//! Reading networks: public.

use super::model::Network;
use super::store;
use crate::foundation::database::{Conn, Pool};
use crate::foundation::error::Result;

/// Every network, by name.
///
/// # Errors
/// Internal only.
pub async fn all(conn: &mut Conn) -> Result<Vec<Network>> {
    Ok(store::all(conn).await?)
}

/// The networks with these ids.
///
/// # Errors
/// Internal only.
pub async fn by_ids(pool: &Pool, ids: &[i64]) -> Result<Vec<Network>> {
    let mut conn = pool.get().await?;
    Ok(store::by_ids(&mut conn, ids).await?)
}
