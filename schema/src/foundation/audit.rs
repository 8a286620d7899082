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

/// Records the same change of many structures, an entry for each.
///
/// # Errors
/// As [`record`].
pub async fn record_each(
    conn: &mut Conn,
    at: DateTime<Utc>,
    caller: &Caller,
    action: &str,
    structures: &[i64],
) -> QueryResult<()> {
    /// Rows of one statement: six parameters each, of 65,535.
    const CHUNK: usize = 5_000;
    for chunk in structures.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|id| {
                (
                    audit_entry::at.eq(at),
                    audit_entry::actor.eq(caller.actor.reference()),
                    audit_entry::action.eq(action),
                    audit_entry::subject.eq(format!("structure:{id}")),
                    audit_entry::structure_id.eq(id),
                    audit_entry::request_id.eq(&caller.request_id),
                )
            })
            .collect();
        diesel::insert_into(audit_entry::table).values(rows).execute(conn).await?;
    }
    Ok(())
}
