//! Deleting what is no longer needed, a batch at a time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::tables::{
    committee, committee_candidate, committee_link, committee_participant, elected_official,
};

/// Rows whose time ended before an instant.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Expired {
    /// Links of events that started before it.
    Links(DateTime<Utc>),
    /// People of events that started before it.
    Participants(DateTime<Utc>),
    /// Candidates who applied before it.
    Candidates(DateTime<Utc>),
    /// Officials whose mandate was noted as over before it, and who are on no list any more.
    Officials(DateTime<Utc>),
    /// Committees that started before it.
    Committees(DateTime<Utc>),
}

/// What to forget: at most `limit` keys.
enum Found {
    Links(Vec<Vec<u8>>),
    Participants(Vec<i64>),
    Candidates(Vec<i64>),
    Officials(Vec<i64>),
    Committees(Vec<i64>),
}

/// Deletes at most `limit` rows and says how many.
pub(in super::super) async fn delete_expired(
    conn: &mut Conn,
    expired: Expired,
    limit: i64,
) -> QueryResult<usize> {
    match find(conn, expired, limit).await? {
        Found::Links(hashes) => {
            let rows = committee_link::table.filter(committee_link::token_hash.eq_any(hashes));
            diesel::delete(rows).execute(conn).await
        }
        Found::Participants(ids) => {
            let rows = committee_participant::table.filter(committee_participant::id.eq_any(ids));
            diesel::delete(rows).execute(conn).await
        }
        Found::Candidates(ids) => {
            let rows = committee_candidate::table.filter(committee_candidate::id.eq_any(ids));
            diesel::delete(rows).execute(conn).await
        }
        Found::Officials(ids) => {
            let rows = elected_official::table.filter(elected_official::id.eq_any(ids));
            diesel::delete(rows).execute(conn).await
        }
        Found::Committees(ids) => {
            diesel::delete(committee::table.filter(committee::id.eq_any(ids))).execute(conn).await
        }
    }
}

/// How many rows [`delete_expired`] would delete, and their ids; links have none to show, their key is a secret's hash.
pub(in super::super) async fn expired(
    conn: &mut Conn,
    expired: Expired,
    limit: i64,
) -> QueryResult<(usize, Vec<i64>)> {
    Ok(match find(conn, expired, limit).await? {
        Found::Links(hashes) => (hashes.len(), vec![]),
        Found::Participants(ids)
        | Found::Candidates(ids)
        | Found::Officials(ids)
        | Found::Committees(ids) => (ids.len(), ids),
    })
}

async fn find(conn: &mut Conn, expired: Expired, limit: i64) -> QueryResult<Found> {
    Ok(match expired {
        Expired::Links(before) => Found::Links(
            committee_link::table
                .filter(committee_link::starts_at.lt(before))
                .select(committee_link::token_hash)
                .limit(limit)
                .load(conn)
                .await?,
        ),
        Expired::Participants(before) => Found::Participants(
            committee_participant::table
                .inner_join(committee::table)
                .filter(committee::starts_at.lt(before))
                .select(committee_participant::id)
                .limit(limit)
                .load(conn)
                .await?,
        ),
        Expired::Candidates(before) => Found::Candidates(
            committee_candidate::table
                .filter(committee_candidate::created_at.lt(before))
                .select(committee_candidate::id)
                .limit(limit)
                .load(conn)
                .await?,
        ),
        Expired::Officials(before) => {
            let listed = committee_participant::table
                .filter(committee_participant::official_id.eq(elected_official::id.nullable()));
            Found::Officials(
                elected_official::table
                    .filter(elected_official::active.eq(false))
                    .filter(elected_official::updated_at.lt(before))
                    .filter(diesel::dsl::not(diesel::dsl::exists(listed)))
                    .select(elected_official::id)
                    .limit(limit)
                    .load(conn)
                    .await?,
            )
        }
        Expired::Committees(before) => Found::Committees(
            committee::table
                .filter(committee::starts_at.lt(before))
                .select(committee::id)
                .limit(limit)
                .load(conn)
                .await?,
        ),
    })
}
