//! Those who may be invited: elected officials of a territory, and candidates.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::foundation::keyset::{newest_first, oldest_first};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Scope;
use crate::prioritise::committee::model::{
    CandidateSource, CommitteeCandidate, ElectedOfficial, OfficialEntry,
};
use crate::reference::structure;
use crate::tables::{
    committee_candidate as candidate, elected_official as official, structure as place,
};

/// The départements of the structures of a scope; `None` when everything is reached.
pub(in super::super) async fn departments(
    conn: &mut Conn,
    scope: &Scope,
) -> QueryResult<Option<Vec<String>>> {
    let Some(roots) = scope.subtrees() else { return Ok(None) };
    place::table
        .filter(place::id.eq_any(structure::store::below(roots.to_vec())))
        .select(place::department)
        .distinct()
        .load(conn)
        .await
        .map(Some)
}

/// One page of the officials of these départements, by name.
pub(in super::super) async fn officials(
    conn: &mut Conn,
    departments: Option<Vec<String>>,
    page: &Page,
) -> QueryResult<Slice<ElectedOfficial>> {
    let mut query = official::table.into_boxed();
    if let Some(departments) = departments {
        query = query.filter(official::department.eq_any(departments));
    }
    let query = oldest_first!(query, official::id, page);
    Ok(Slice::cut(page, query.select(ElectedOfficial::as_select()).load(conn).await?))
}

/// These officials, in no order.
pub(in super::super) async fn officials_by_ids(
    conn: &mut Conn,
    ids: &[i64],
) -> QueryResult<Vec<ElectedOfficial>> {
    official::table
        .filter(official::id.eq_any(ids))
        .select(ElectedOfficial::as_select())
        .load(conn)
        .await
}

/// Writes an official down, anew or changed.
pub(in super::super) async fn save_official(
    conn: &mut Conn,
    id: Option<i64>,
    entry: &OfficialEntry,
    now: DateTime<Utc>,
) -> QueryResult<ElectedOfficial> {
    match id {
        Some(id) => {
            diesel::update(official::table.find(id))
                .set((entry, official::updated_at.eq(now)))
                .returning(ElectedOfficial::as_returning())
                .get_result(conn)
                .await
        }
        None => {
            diesel::insert_into(official::table)
                .values((entry, official::created_at.eq(now), official::updated_at.eq(now)))
                .returning(ElectedOfficial::as_returning())
                .get_result(conn)
                .await
        }
    }
}

/// A candidate to insert.
#[derive(Debug, Insertable)]
#[diesel(table_name = candidate)]
pub(in super::super) struct NewCandidate<'a> {
    pub structure_id: i64,
    pub name: &'a str,
    pub email: &'a str,
    pub source: CandidateSource,
    pub about: Option<&'a str>,
    pub consent_wording: &'a str,
    pub consented_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// Puts a candidate into the pool; `None` when the address is in it already.
pub(in super::super) async fn add_candidate(
    conn: &mut Conn,
    row: &NewCandidate<'_>,
) -> QueryResult<Option<CommitteeCandidate>> {
    diesel::insert_into(candidate::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(CommitteeCandidate::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// One page of the candidates of a scope, newest first.
pub(in super::super) async fn candidates(
    conn: &mut Conn,
    scope: &Scope,
    below: Option<i64>,
    page: &Page,
) -> QueryResult<Slice<CommitteeCandidate>> {
    let mut query = candidate::table.into_boxed();
    if let Some(roots) = scope.subtrees() {
        query =
            query.filter(candidate::structure_id.eq_any(structure::store::below(roots.to_vec())));
    }
    if let Some(id) = below {
        query = query.filter(candidate::structure_id.eq_any(structure::store::below(vec![id])));
    }
    let query = newest_first!(query, candidate::id, page);
    Ok(Slice::cut(page, query.select(CommitteeCandidate::as_select()).load(conn).await?))
}

/// Those of these candidates that are within the scope.
pub(in super::super) async fn candidates_within(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<CommitteeCandidate>> {
    let mut query = candidate::table.filter(candidate::id.eq_any(ids.to_vec())).into_boxed();
    if let Some(roots) = scope.subtrees() {
        query =
            query.filter(candidate::structure_id.eq_any(structure::store::below(roots.to_vec())));
    }
    query.select(CommitteeCandidate::as_select()).load(conn).await
}
