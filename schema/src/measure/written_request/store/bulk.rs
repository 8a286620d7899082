//! Whole files at once.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::measure::written_request::model::{NewWrittenRequest, WrittenRequest};
use crate::tables::written_request;

/// Lets one import at a time work on each of these structures; the locks fall with the transaction.
/// Give the ids sorted: two imports that meet would otherwise wait for each other's rows for ever.
pub(in super::super) async fn lock_imports(
    conn: &mut Conn,
    structure_ids: &[i64],
) -> QueryResult<()> {
    diesel::sql_query(
        "select pg_advisory_xact_lock(hashtextextended('written-request-import:' || id, 0))
         from unnest($1::bigint[]) id",
    )
    .bind::<Array<BigInt>, _>(structure_ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// The requests of a structure with these references, locked until the transaction ends. Give the
/// references sorted, so that two imports lock in the same order.
///
/// One look-up in the unique index for each, whatever PostgreSQL believes about the table: right after
/// a first import it knows nothing yet, and any other plan was measured to take minutes.
pub(in super::super) async fn by_references(
    conn: &mut Conn,
    structure_id: i64,
    references: &[&str],
) -> QueryResult<Vec<WrittenRequest>> {
    diesel::sql_query(
        "select r.* from unnest($2::text[]) u(reference)
         cross join lateral (
           select * from written_request w
           where w.structure_id = $1 and w.reference = u.reference
           limit 1 for update) r",
    )
    .bind::<BigInt, _>(structure_id)
    .bind::<Array<Text>, _>(references)
    .load(conn)
    .await
}

/// Adds requests, and says how many were new: a reference taken meanwhile adds nothing.
pub(in super::super) async fn create(
    conn: &mut Conn,
    rows: &[NewWrittenRequest],
) -> QueryResult<usize> {
    diesel::insert_into(written_request::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Replaces the contents of requests found by structure and reference; their registration stays.
pub(in super::super) async fn overwrite(
    conn: &mut Conn,
    rows: &[NewWrittenRequest],
) -> QueryResult<()> {
    use written_request as w;
    diesel::insert_into(w::table)
        .values(rows)
        .on_conflict((w::structure_id, w::reference))
        .do_update()
        .set((
            w::medium.eq(excluded(w::medium)),
            w::subject.eq(excluded(w::subject)),
            w::sender_name.eq(excluded(w::sender_name)),
            w::sender_email.eq(excluded(w::sender_email)),
            w::sender_address.eq(excluded(w::sender_address)),
            w::sender_key.eq(excluded(w::sender_key)),
            w::search_key.eq(excluded(w::search_key)),
            w::received_on.eq(excluded(w::received_on)),
            w::acknowledged_on.eq(excluded(w::acknowledged_on)),
            w::answered_on.eq(excluded(w::answered_on)),
            w::answer_nature.eq(excluded(w::answer_nature)),
            w::due_on.eq(excluded(w::due_on)),
            w::updated_at.eq(excluded(w::updated_at)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
