//! What a caller may see.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::Bool;

use crate::foundation::policy::Scope;
use crate::listen::testimony::model::{TestimonyFilter, TestimonyStatus};
use crate::reference::structure;
use crate::tables::testimony;

/// Written out, not bound: PostgreSQL then recognises the partial index of public testimonies. A type of
/// its own, because Diesel prepares a statement with `sql` in it anew each time.
#[derive(Debug, Clone, Copy, diesel::query_builder::QueryId)]
struct IsPublic;

impl Expression for IsPublic {
    type SqlType = Bool;
}

impl AppearsOnTable<testimony::table> for IsPublic {}
impl SelectableExpression<testimony::table> for IsPublic {}
impl diesel::expression::ValidGrouping<()> for IsPublic {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl QueryFragment<Pg> for IsPublic {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("testimony.status in ('PUBLISHED', 'ANSWERED', 'ACTION_TAKEN')");
        Ok(())
    }
}

/// Keeps what the scope lets see: everything public, and the rest only within the scope.
pub(super) fn visible(
    filter: &TestimonyFilter,
    scope: &Scope,
) -> testimony::BoxedQuery<'static, Pg> {
    let statuses = if filter.statuses.is_empty() {
        TestimonyStatus::PUBLIC.to_vec()
    } else {
        filter.statuses.clone()
    };
    let query = testimony::table.into_boxed();
    let public = IsPublic;
    if statuses == TestimonyStatus::PUBLIC {
        return query.filter(public);
    }
    let query = query.filter(testimony::status.eq_any(statuses));
    match scope.subtrees() {
        None => query,
        Some([]) => query.filter(public),
        Some(roots) => query.filter(
            public.or(testimony::structure_id.eq_any(structure::store::below(roots.to_vec()))),
        ),
    }
}

/// The same, in every state.
pub(super) fn seen(scope: &Scope) -> testimony::BoxedQuery<'static, Pg> {
    let every = TestimonyFilter { statuses: TestimonyStatus::ALL.to_vec(), ..Default::default() };
    visible(&every, scope)
}
