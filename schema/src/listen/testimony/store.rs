//! Queries on testimonies. A testimony that is not public is only found within a [`Scope`].

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;

use super::model::{Experience, NewTestimony, Testimony, TestimonyFilter, TestimonyStatus};
use crate::foundation::calendar::start_of_day;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::Scope;
use crate::reference::structure;
use crate::tables::{testimony, testimony_contact, testimony_experience};

crate::text_enum! {
    /// Order of a list of testimonies.
    TestimonyOrder {
        /// Newest first: by publication, or by submission while not public.
        Newest = "NEWEST",
        /// Oldest first.
        Oldest = "OLDEST",
    }
}

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

/// Keeps what the scope lets see: everything public, and the rest only within the scope.
fn visible(filter: &TestimonyFilter, scope: &Scope) -> testimony::BoxedQuery<'static, Pg> {
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
pub(super) async fn list(
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
pub(super) async fn count(
    conn: &mut Conn,
    scope: &Scope,
    filter: &TestimonyFilter,
) -> QueryResult<i64> {
    narrowed(filter, scope).count().get_result(conn).await
}

/// A testimony, if it is public or within the scope; `None` otherwise.
pub(super) async fn by_id(
    conn: &mut Conn,
    scope: &Scope,
    id: i64,
) -> QueryResult<Option<Testimony>> {
    seen(scope)
        .filter(testimony::id.eq(id))
        .select(Testimony::as_select())
        .first(conn)
        .await
        .optional()
}

/// Those of these testimonies that are public or within the scope.
pub(super) async fn by_ids(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<Testimony>> {
    seen(scope)
        .filter(testimony::id.eq_any(ids.to_vec()))
        .select(Testimony::as_select())
        .load(conn)
        .await
}

/// As [`by_id`], by the public number.
pub(super) async fn by_number(
    conn: &mut Conn,
    scope: &Scope,
    number: i64,
) -> QueryResult<Option<Testimony>> {
    seen(scope)
        .filter(testimony::number.eq(number))
        .select(Testimony::as_select())
        .first(conn)
        .await
        .optional()
}

fn seen(scope: &Scope) -> testimony::BoxedQuery<'static, Pg> {
    let every = TestimonyFilter { statuses: TestimonyStatus::ALL.to_vec(), ..Default::default() };
    visible(&every, scope)
}

/// Those of these testimonies that a filter keeps. `within` narrows to a scope even what is public:
/// agents hear what comes in for their own structures only.
pub(super) async fn among(
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

/// Public testimonies of the structures an alert is about, published since an instant, oldest first.
pub(super) async fn published_since(
    conn: &mut Conn,
    own: Vec<i64>,
    subtrees: Vec<i64>,
    since: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Testimony>> {
    testimony::table
        .filter(testimony::status.eq_any(TestimonyStatus::PUBLIC))
        .filter(testimony::published_at.ge(since))
        .filter(
            testimony::structure_id
                .eq_any(own)
                .or(testimony::structure_id.eq_any(structure::store::below(subtrees))),
        )
        .order((testimony::published_at, testimony::id))
        .limit(limit)
        .select(Testimony::as_select())
        .load(conn)
        .await
}

/// A testimony, locked until the transaction ends, whatever its state; for use cases that checked the right.
pub(super) async fn lock(conn: &mut Conn, id: i64) -> QueryResult<Option<Testimony>> {
    testimony::table
        .find(id)
        .select(Testimony::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// The experiences of some testimonies, in their authors' order.
pub(super) async fn experiences(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Experience>> {
    testimony_experience::table
        .filter(testimony_experience::testimony_id.eq_any(ids))
        .order((testimony_experience::testimony_id, testimony_experience::position))
        .select(Experience::as_select())
        .load(conn)
        .await
}

/// Adds testimonies; gives them back with their numbers.
pub(super) async fn insert(conn: &mut Conn, row: &NewTestimony) -> QueryResult<Testimony> {
    diesel::insert_into(testimony::table)
        .values(row)
        .returning(Testimony::as_returning())
        .get_result(conn)
        .await
}

/// Adds the experiences of a testimony.
pub(super) async fn insert_experiences(conn: &mut Conn, rows: &[Experience]) -> QueryResult<()> {
    diesel::insert_into(testimony_experience::table).values(rows).execute(conn).await?;
    Ok(())
}

/// Keeps the author's address apart.
pub(super) async fn insert_contact(
    conn: &mut Conn,
    testimony_id: i64,
    email: &str,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(testimony_contact::table)
        .values((
            testimony_contact::testimony_id.eq(testimony_id),
            testimony_contact::email.eq(email),
            testimony_contact::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What a moderator decided.
pub(super) struct Decision {
    pub(super) status: TestimonyStatus,
    pub(super) moderator: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) at: DateTime<Utc>,
    /// Day of publication in Europe/Paris, when published.
    pub(super) published_on: Option<NaiveDate>,
}

/// Records a moderator's decision.
pub(super) async fn decide(
    conn: &mut Conn,
    id: i64,
    decision: &Decision,
) -> QueryResult<Testimony> {
    if decision.published_on.is_some() {
        diesel::update(
            testimony_experience::table.filter(testimony_experience::testimony_id.eq(id)),
        )
        .set(testimony_experience::published_on.eq(decision.published_on))
        .execute(conn)
        .await?;
    }
    diesel::update(testimony::table.find(id))
        .set((
            testimony::status.eq(decision.status),
            testimony::moderated_at.eq(decision.at),
            testimony::moderated_by.eq(decision.moderator),
            testimony::rejection_reason.eq(&decision.reason),
            testimony::published_at.eq(decision.published_on.map(|_| decision.at)),
            testimony::updated_at.eq(decision.at),
        ))
        .returning(Testimony::as_returning())
        .get_result(conn)
        .await
}
