//! Lists of requests, always within a scope.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Nullable};
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Scope;
use crate::foundation::text::fold;
use crate::measure::written_request::model::{
    WrittenRequest, WrittenRequestFilter, WrittenRequestOrder, WrittenRequestState,
};
use crate::reference::structure;
use crate::tables::written_request;

type Query = written_request::BoxedQuery<'static, Pg>;

/// What a scope lets see.
pub(super) fn within(scope: &Scope) -> Query {
    let query = written_request::table.into_boxed();
    match scope.subtrees() {
        None => query,
        Some(roots) => query
            .filter(written_request::structure_id.eq_any(structure::store::below(roots.to_vec()))),
    }
}

fn narrowed(scope: &Scope, filter: &WrittenRequestFilter, today: NaiveDate) -> Query {
    let mut query = within(scope);
    if let Some(id) = filter.below {
        query =
            query.filter(written_request::structure_id.eq_any(structure::store::below(vec![id])));
    }
    if let Some(medium) = filter.medium {
        query = query.filter(written_request::medium.eq(medium));
    }
    if let Some(states) = &filter.states {
        query = query.filter(in_states(states, today));
    }
    if let Some(day) = filter.received_from {
        query = query.filter(written_request::received_on.ge(day));
    }
    if let Some(day) = filter.received_to {
        query = query.filter(written_request::received_on.le(day));
    }
    if let Some(day) = filter.due_before {
        query = query.filter(written_request::due_on.lt(day));
    }
    for pattern in patterns(filter.sender.as_deref()) {
        query = query.filter(written_request::sender_key.like(pattern));
    }
    for pattern in patterns(filter.search.as_deref()) {
        query = query.filter(written_request::search_key.like(pattern));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(written_request::updated_at.ge(since));
    }
    query
}

type Condition =
    Box<dyn BoxableExpression<written_request::table, Pg, SqlType = Nullable<Bool>> + 'static>;

/// The same four states as `rules::state`, said to PostgreSQL.
fn in_states(states: &[WrittenRequestState], today: NaiveDate) -> Condition {
    use written_request::{answered_on, due_on};
    let mut any: Condition = Box::new(sql::<Bool>("false").nullable());
    for state in states {
        any = match state {
            WrittenRequestState::InProgress => {
                Box::new(any.or(answered_on.is_null().and(due_on.ge(today)).nullable()))
            }
            WrittenRequestState::Overdue => {
                Box::new(any.or(answered_on.is_null().and(due_on.lt(today)).nullable()))
            }
            WrittenRequestState::Answered => Box::new(any.or(answered_on.le(due_on.nullable()))),
            WrittenRequestState::AnsweredLate => {
                Box::new(any.or(answered_on.gt(due_on.nullable())))
            }
        };
    }
    any
}

/// One pattern per word. A folded word holds letters, digits and `@` only, so nothing in it is a wild
/// card; a text without any word finds nothing.
pub(super) fn patterns(text: Option<&str>) -> Vec<String> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return vec![] };
    let folded = fold(text);
    if folded.is_empty() {
        return vec![String::new()];
    }
    folded.split(' ').map(|word| format!("%{word}%")).collect()
}

/// One page of requests.
pub(in super::super) async fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &WrittenRequestFilter,
    order: WrittenRequestOrder,
    page: &Page,
    today: NaiveDate,
) -> Result<Slice<WrittenRequest>> {
    let mut query = narrowed(scope, filter, today).limit(page.length + 1);
    let (column, descending) = match order {
        WrittenRequestOrder::ReceivedOn => ("received_on", !page.backward),
        WrittenRequestOrder::DueOn => ("due_on", page.backward),
    };
    if let Some(cursor) = &page.from {
        let (day, id) = (cursor.day()?, cursor.id);
        let beyond = if descending { "<" } else { ">" };
        // A row comparison, which one index look-up answers.
        query = query.filter(
            sql::<Bool>(&format!("(written_request.{column}, written_request.id) {beyond} ("))
                .bind::<Date, _>(day)
                .sql(", ")
                .bind::<BigInt, _>(id)
                .sql(")"),
        );
    }
    let query = sorted(query, order, descending);
    let rows = query.select(WrittenRequest::as_select()).load(conn).await?;
    Ok(Slice::cut(page, rows))
}

fn sorted(query: Query, order: WrittenRequestOrder, descending: bool) -> Query {
    use written_request::{due_on, id, received_on};
    match (order, descending) {
        (WrittenRequestOrder::ReceivedOn, true) => query.order((received_on.desc(), id.desc())),
        (WrittenRequestOrder::ReceivedOn, false) => query.order((received_on.asc(), id.asc())),
        (WrittenRequestOrder::DueOn, true) => query.order((due_on.desc(), id.desc())),
        (WrittenRequestOrder::DueOn, false) => query.order((due_on.asc(), id.asc())),
    }
}

/// How many requests a filter keeps.
pub(in super::super) async fn count(
    conn: &mut Conn,
    scope: &Scope,
    filter: &WrittenRequestFilter,
    today: NaiveDate,
) -> QueryResult<i64> {
    narrowed(scope, filter, today).count().get_result(conn).await
}

/// Those of these requests that are within a scope; the others are missing.
pub(in super::super) async fn by_ids(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<WrittenRequest>> {
    within(scope)
        .filter(written_request::id.eq_any(ids.to_vec()))
        .select(WrittenRequest::as_select())
        .load(conn)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_patterns_without_wild_cards_of_their_own() {
        assert_eq!(patterns(Some(" Dupont, Éloïse ")), ["%dupont%", "%eloise%"]);
        assert_eq!(patterns(Some("100%_\\")), ["%100%"]);
        assert!(patterns(Some("  ")).is_empty() && patterns(None).is_empty());
        assert_eq!(patterns(Some("???")), [""], "finds nothing rather than everything");
    }
}
