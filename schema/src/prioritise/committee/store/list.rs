//! Lists of committees, always within a scope.

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Scope;
use crate::prioritise::committee::model::{Committee, CommitteeFilter, CommitteeOrder};
use crate::reference::structure;
use crate::tables::committee;

type Query = committee::BoxedQuery<'static, Pg>;

/// What a scope lets see.
fn within(scope: &Scope) -> Query {
    let query = committee::table.into_boxed();
    match scope.subtrees() {
        None => query,
        Some(roots) => {
            query.filter(committee::structure_id.eq_any(structure::store::below(roots.to_vec())))
        }
    }
}

fn narrowed(scope: &Scope, filter: &CommitteeFilter) -> Query {
    let mut query = within(scope);
    if let Some(id) = filter.below {
        query = query.filter(committee::structure_id.eq_any(structure::store::below(vec![id])));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(committee::kind.eq(kind));
    }
    if let Some(status) = filter.status {
        query = query.filter(committee::status.eq(status));
    }
    if let Some(from) = filter.from {
        query = query.filter(committee::starts_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(committee::starts_at.lt(to));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(committee::updated_at.ge(since));
    }
    query
}

/// One page of committees.
pub(in super::super) async fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &CommitteeFilter,
    order: CommitteeOrder,
    page: &Page,
) -> Result<Slice<Committee>> {
    let mut query = narrowed(scope, filter).limit(page.length + 1);
    let latest_first = (order == CommitteeOrder::Latest) != page.backward;
    if let Some(cursor) = &page.from {
        let (at, id) = (cursor.instant()?, cursor.id);
        let beyond = if latest_first { "<" } else { ">" };
        // A row comparison, which one index look-up answers.
        query = query.filter(
            sql::<Bool>(&format!("(committee.starts_at, committee.id) {beyond} ("))
                .bind::<Timestamptz, _>(at)
                .sql(", ")
                .bind::<BigInt, _>(id)
                .sql(")"),
        );
    }
    query = if latest_first {
        query.order((committee::starts_at.desc(), committee::id.desc()))
    } else {
        query.order((committee::starts_at.asc(), committee::id.asc()))
    };
    Ok(Slice::cut(page, query.select(Committee::as_select()).load(conn).await?))
}

/// How many committees a filter keeps.
pub(in super::super) async fn count(
    conn: &mut Conn,
    scope: &Scope,
    filter: &CommitteeFilter,
) -> QueryResult<i64> {
    narrowed(scope, filter).count().get_result(conn).await
}

/// Those of these committees that are within the scope.
pub(in super::super) async fn by_ids(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<Committee>> {
    within(scope)
        .filter(committee::id.eq_any(ids.to_vec()))
        .select(Committee::as_select())
        .load(conn)
        .await
}
