//! Lists of testimonies.

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;

use super::visible::visible;
use crate::foundation::calendar::start_of_day;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Scope;
use crate::listen::testimony::model::{Testimony, TestimonyFilter, TestimonyOrder};
use crate::reference::structure;
use crate::tables::{testimony, testimony_experience};

/// A query with its limit written out: for a bound one PostgreSQL expects a tenth of the table, and
/// plans anew each time.
struct Limited<Q>(Q, i64);

impl<Q: Query> Query for Limited<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for Limited<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Limited<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" LIMIT {}", self.1));
        Ok(())
    }
}

fn narrowed(filter: &TestimonyFilter, scope: &Scope) -> testimony::BoxedQuery<'static, Pg> {
    let mut query = visible(filter, scope);
    if let Some(id) = filter.structure_id {
        query = query.filter(testimony::structure_id.eq_any(structure::store::below(vec![id])));
    }
    if let Some(code) = &filter.network {
        query = query
            .filter(testimony::structure_id.eq_any(structure::store::of_network(code.clone())));
    }
    if let Some(code) = &filter.department {
        query = query
            .filter(testimony::structure_id.eq_any(structure::store::of_department(code.clone())));
    }
    if filter.channel.is_some() || filter.sentiment.is_some() {
        let mut told =
            testimony_experience::table.select(testimony_experience::testimony_id).into_boxed();
        if let Some(channel) = filter.channel {
            told = told.filter(testimony_experience::channel.eq(channel));
        }
        if let Some(sentiment) = filter.sentiment {
            told = told.filter(testimony_experience::sentiment.eq(sentiment));
        }
        query = query.filter(testimony::id.eq_any(told));
    }
    if let Some(day) = filter.from {
        query = query.filter(testimony::listed_at.ge(start_of_day(day)));
    }
    if let Some(day) = filter.to.and_then(|day| day.succ_opt()) {
        query = query.filter(testimony::listed_at.lt(start_of_day(day)));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(testimony::updated_at.ge(since));
    }
    if let Some(words) = &filter.search {
        query = query.filter(
            sql::<Bool>("testimony.words @@ websearch_to_tsquery('public.french_unaccented', ")
                .bind::<Text, _>(words.clone())
                .sql(")"),
        );
    }
    query
}

/// One page of testimonies.
pub(in super::super) async fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &TestimonyFilter,
    order: TestimonyOrder,
    page: &Page,
) -> Result<Slice<Testimony>> {
    let mut query = narrowed(filter, scope);
    let newest_first = (order == TestimonyOrder::Newest) != page.backward;
    if let Some(cursor) = &page.from {
        let (at, id) = (cursor.instant()?, cursor.id);
        // A row comparison, which one index look-up answers.
        let rest = if newest_first {
            "(testimony.listed_at, testimony.id) < ("
        } else {
            "(testimony.listed_at, testimony.id) > ("
        };
        query = query.filter(
            sql::<Bool>(rest)
                .bind::<diesel::sql_types::Timestamptz, _>(at)
                .sql(", ")
                .bind::<diesel::sql_types::BigInt, _>(id)
                .sql(")"),
        );
    }
    query = if newest_first {
        query.order((testimony::listed_at.desc(), testimony::id.desc()))
    } else {
        query.order((testimony::listed_at.asc(), testimony::id.asc()))
    };
    let rows = Limited(query.select(Testimony::as_select()), page.length + 1).load(conn).await?;
    Ok(Slice::cut(page, rows))
}

/// How many testimonies a filter keeps.
pub(in super::super) async fn count(
    conn: &mut Conn,
    scope: &Scope,
    filter: &TestimonyFilter,
) -> QueryResult<i64> {
    narrowed(filter, scope).count().get_result(conn).await
}

/// Those of these testimonies that a filter keeps. `within` narrows to a scope even what is public:
/// agents hear what comes in for their own structures only.
pub(in super::super) async fn among(
    conn: &mut Conn,
    scope: &Scope,
    within: bool,
    filter: &TestimonyFilter,
    ids: &[i64],
) -> QueryResult<Vec<Testimony>> {
    let mut query = narrowed(filter, scope).filter(testimony::id.eq_any(ids.to_vec()));
    if let (true, Some(roots)) = (within, scope.subtrees()) {
        query =
            query.filter(testimony::structure_id.eq_any(structure::store::below(roots.to_vec())));
    }
    query.select(Testimony::as_select()).load(conn).await
}
