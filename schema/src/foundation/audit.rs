//! The trail of changes: who, what, on what, when, in which request. References only.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::actor::Caller;
use super::database::Conn;
use crate::tables::audit_entry;

/// Records a change inside the caller's transaction: no change without its entry, no entry without
/// its change.
///
/// # Errors
/// When the insert fails; the caller's transaction must then roll back.
pub async fn record(
    conn: &mut Conn,
    at: DateTime<Utc>,
    caller: &Caller,
    action: &str,
    subject: &str,
    structure_id: Option<i64>,
) -> QueryResult<()> {
    diesel::insert_into(audit_entry::table)
        .values((
            audit_entry::at.eq(at),
            audit_entry::actor.eq(caller.actor.reference()),
            audit_entry::action.eq(action),
            audit_entry::subject.eq(subject),
            audit_entry::structure_id.eq(structure_id),
            audit_entry::request_id.eq(Some(&caller.request_id)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
