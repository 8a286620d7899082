//! Rows of networks.

use diesel::prelude::*;

use crate::tables::network;

/// A network of public services (DOMAIN §3.4).
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = network, check_for_backend(diesel::pg::Pg))]
pub struct Network {
    /// Row number.
    pub id: i64,
    /// Stable code, such as `CAF`.
    pub code: String,
    /// French name.
    pub name: String,
    /// The ministry it belongs to.
    pub ministry: String,
}
