//! One request: read, lock, write.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::list::within;
use crate::foundation::database::Conn;
use crate::foundation::policy::Scope;
use crate::measure::written_request::model::{AnswerNature, NewWrittenRequest, WrittenRequest};
use crate::tables::written_request;

/// A request within a scope; `None` when there is none there.
pub(in super::super) async fn by_id(
    conn: &mut Conn,
    scope: &Scope,
    id: i64,
) -> QueryResult<Option<WrittenRequest>> {
    within(scope)
        .filter(written_request::id.eq(id))
        .select(WrittenRequest::as_select())
        .first(conn)
        .await
        .optional()
}

/// A request whoever asks, for jobs.
pub(in super::super) async fn find(
    conn: &mut Conn,
    id: i64,
) -> QueryResult<Option<WrittenRequest>> {
    written_request::table.find(id).select(WrittenRequest::as_select()).first(conn).await.optional()
}

/// A request, locked until the transaction ends; the use case checks the right afterwards.
pub(in super::super) async fn lock(
    conn: &mut Conn,
    id: i64,
) -> QueryResult<Option<WrittenRequest>> {
    written_request::table
        .find(id)
        .select(WrittenRequest::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Adds a request; `None` when its structure has one with this reference.
pub(in super::super) async fn insert(
    conn: &mut Conn,
    row: &NewWrittenRequest,
) -> QueryResult<Option<WrittenRequest>> {
    diesel::insert_into(written_request::table)
        .values(row)
        .on_conflict((written_request::structure_id, written_request::reference))
        .do_nothing()
        .returning(WrittenRequest::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// Writes down the acknowledgement of a locked request.
pub(in super::super) async fn acknowledge(
    conn: &mut Conn,
    id: i64,
    on: NaiveDate,
    now: DateTime<Utc>,
) -> QueryResult<WrittenRequest> {
    diesel::update(written_request::table.find(id))
        .set((written_request::acknowledged_on.eq(on), written_request::updated_at.eq(now)))
        .returning(WrittenRequest::as_returning())
        .get_result(conn)
        .await
}

/// Writes down the final answer of a locked request.
pub(in super::super) async fn answer(
    conn: &mut Conn,
    id: i64,
    on: NaiveDate,
    nature: AnswerNature,
    now: DateTime<Utc>,
) -> QueryResult<WrittenRequest> {
    diesel::update(written_request::table.find(id))
        .set((
            written_request::answered_on.eq(on),
            written_request::answer_nature.eq(nature),
            written_request::updated_at.eq(now),
        ))
        .returning(WrittenRequest::as_returning())
        .get_result(conn)
        .await
}
