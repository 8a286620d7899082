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

/// Deletes at most `limit` rows and says how many.
pub(in super::super) async fn delete_expired(
    conn: &mut Conn,
    expired: Expired,
    limit: i64,
) -> QueryResult<usize> {
    match expired {
        Expired::Links(before) => {
            let ids: Vec<Vec<u8>> = committee_link::table
                .filter(committee_link::starts_at.lt(before))
                .select(committee_link::token_hash)
                .limit(limit)
                .load(conn)
                .await?;
            let rows = committee_link::table.filter(committee_link::token_hash.eq_any(ids));
            diesel::delete(rows).execute(conn).await
        }
        Expired::Participants(before) => {
            let ids: Vec<i64> = committee_participant::table
                .inner_join(committee::table)
                .filter(committee::starts_at.lt(before))
                .select(committee_participant::id)
                .limit(limit)
                .load(conn)
                .await?;
            let rows = committee_participant::table.filter(committee_participant::id.eq_any(ids));
            diesel::delete(rows).execute(conn).await
        }
        Expired::Candidates(before) => {
            let ids: Vec<i64> = committee_candidate::table
                .filter(committee_candidate::created_at.lt(before))
                .select(committee_candidate::id)
                .limit(limit)
                .load(conn)
                .await?;
            let rows = committee_candidate::table.filter(committee_candidate::id.eq_any(ids));
            diesel::delete(rows).execute(conn).await
        }
        Expired::Officials(before) => {
            let listed = committee_participant::table
                .filter(committee_participant::official_id.eq(elected_official::id.nullable()));
            let ids: Vec<i64> = elected_official::table
                .filter(elected_official::active.eq(false))
                .filter(elected_official::updated_at.lt(before))
                .filter(diesel::dsl::not(diesel::dsl::exists(listed)))
                .select(elected_official::id)
                .limit(limit)
                .load(conn)
                .await?;
            let rows = elected_official::table.filter(elected_official::id.eq_any(ids));
            diesel::delete(rows).execute(conn).await
        }
        Expired::Committees(before) => {
            let ids: Vec<i64> = committee::table
                .filter(committee::starts_at.lt(before))
                .select(committee::id)
                .limit(limit)
                .load(conn)
                .await?;
            diesel::delete(committee::table.filter(committee::id.eq_any(ids))).execute(conn).await
        }
    }
}
