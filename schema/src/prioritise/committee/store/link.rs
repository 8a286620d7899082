//! One-time links.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::tables::committee_link as link;

/// A link to keep: its token hashed.
#[derive(Debug, Insertable)]
#[diesel(table_name = link)]
pub(in super::super) struct NewLink<'a> {
    pub token_hash: Vec<u8>,
    pub participant_id: i64,
    pub answer: &'a str,
    pub starts_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// A link that was found.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = link, check_for_backend(diesel::pg::Pg))]
pub(in super::super) struct Link {
    pub participant_id: i64,
    pub answer: String,
    pub starts_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

pub(in super::super) async fn keep(conn: &mut Conn, rows: &[NewLink<'_>]) -> QueryResult<usize> {
    diesel::insert_into(link::table).values(rows).execute(conn).await
}

/// The link of a token, or `None`.
pub(in super::super) async fn follow(conn: &mut Conn, hash: &[u8]) -> QueryResult<Option<Link>> {
    link::table.find(hash).select(Link::as_select()).first(conn).await.optional()
}

/// Uses every link of a person: whoever answered by one has answered.
pub(in super::super) async fn use_up(
    conn: &mut Conn,
    participant_id: i64,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(
        link::table.filter(link::participant_id.eq(participant_id)).filter(link::used_at.is_null()),
    )
    .set(link::used_at.eq(now))
    .execute(conn)
    .await
}

/// Uses one link.
pub(in super::super) async fn use_link(
    conn: &mut Conn,
    hash: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(link::table.find(hash)).set(link::used_at.eq(now)).execute(conn).await
}
