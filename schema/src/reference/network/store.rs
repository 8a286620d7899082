//! Queries on networks.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Network;
use crate::foundation::database::Conn;
use crate::tables::network;

/// Every network, by name. A few dozen rows: reference data needs no page.
pub(super) async fn all(conn: &mut Conn) -> QueryResult<Vec<Network>> {
    network::table.order(network::name).select(Network::as_select()).load(conn).await
}

/// The networks with these ids; unknown ids are simply missing.
pub(super) async fn by_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Network>> {
    network::table.filter(network::id.eq_any(ids)).select(Network::as_select()).load(conn).await
}
