//! Queries on the trail.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{AuditEntry, AuditFilter, Head};
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::keyset::newest_first;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Scope;
use crate::reference::structure;
use crate::tables::{audit_entry, audit_head};

type Query = audit_entry::BoxedQuery<'static, Pg>;

/// What a scope lets see; changes that belong to no structure are for those who reach everything.
fn narrowed(scope: &Scope, filter: &AuditFilter) -> Query {
    let mut query = audit_entry::table.filter(audit_entry::position.is_not_null()).into_boxed();
    let subtrees = [scope.subtrees().map(<[i64]>::to_vec), filter.below.map(|id| vec![id])];
    for roots in subtrees.into_iter().flatten() {
        let below = structure::store::below(roots);
        query = query.filter(audit_entry::structure_id.assume_not_null().eq_any(below));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_entry::actor.eq(actor.clone()));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit_entry::action.eq(action.clone()));
    }
    if let Some(subject) = &filter.subject {
        query = query.filter(audit_entry::subject.eq(subject.clone()));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_entry::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_entry::at.lt(to));
    }
    query
}

/// One page of the trail, latest first.
pub(super) async fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AuditFilter,
    page: &Page,
) -> Result<Slice<AuditEntry>> {
    let query = newest_first!(narrowed(scope, filter), audit_entry::position, page);
    Ok(Slice::cut(page, query.select(AuditEntry::as_select()).load(conn).await?))
}

/// Entries after a place, in order.
pub(super) async fn after(
    conn: &mut Conn,
    position: i64,
    limit: i64,
) -> QueryResult<Vec<AuditEntry>> {
    audit_entry::table
        .filter(audit_entry::position.gt(position))
        .order(audit_entry::position)
        .limit(limit)
        .select(AuditEntry::as_select())
        .load(conn)
        .await
}

pub(super) async fn head(conn: &mut Conn) -> QueryResult<Head> {
    audit_head::table.select(Head::as_select()).first(conn).await
}

/// Rows without a place, or with one that the chain does not reach.
pub(super) async fn unchained(conn: &mut Conn) -> QueryResult<i64> {
    let outside = audit_entry::position.is_null().or(audit_entry::position.le(0));
    audit_entry::table.filter(outside).count().get_result(conn).await
}
