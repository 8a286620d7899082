//! Queries on API tokens.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;

use super::model::{ApiToken, ApiTokenFilter, NewApiToken};
use crate::foundation::database::Conn;
use crate::foundation::keyset::newest_first;
use crate::foundation::page::Page;
use crate::foundation::policy::Scope;
use crate::reference::{account, structure};
use crate::tables::api_token;

type Query = api_token::BoxedQuery<'static, Pg>;

/// Tokens that are accepted: neither revoked nor expired, and their owner's account is open.
fn accepted(now: DateTime<Utc>) -> Query {
    api_token::table
        .filter(api_token::revoked_at.is_null())
        .filter(api_token::expires_at.gt(now))
        .filter(api_token::account_id.eq_any(account::store::open_ids()))
        .into_boxed()
}

/// Tokens that their owner did not renew. Whoever else did has the secret of the new one, which may have been revoked,
/// too: the owner must hear that the own one ends.
fn not_renewed(query: Query) -> Query {
    query.filter(sql::<Bool>(
        "not exists (select 1 from api_token renewal where renewal.renewed_from = api_token.id
           and renewal.account_id = api_token.account_id and renewal.revoked_at is null)",
    ))
}

/// The token of a hash, if it is accepted.
pub(super) async fn accepted_by_hash(
    conn: &mut Conn,
    hash: Vec<u8>,
    now: DateTime<Utc>,
) -> QueryResult<Option<ApiToken>> {
    accepted(now)
        .filter(api_token::token_hash.eq(hash))
        .select(ApiToken::as_select())
        .first(conn)
        .await
        .optional()
}

/// A token by id, if it is accepted.
pub(super) async fn accepted_by_id(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
) -> QueryResult<Option<ApiToken>> {
    accepted(now)
        .filter(api_token::id.eq(id))
        .select(ApiToken::as_select())
        .first(conn)
        .await
        .optional()
}

/// A token by id, if it is accepted and its owner did not renew it.
pub(super) async fn expiring_by_id(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
) -> QueryResult<Option<ApiToken>> {
    not_renewed(accepted(now))
        .filter(api_token::id.eq(id))
        .select(ApiToken::as_select())
        .first(conn)
        .await
        .optional()
}

/// The tokens that expire until an instant, soonest first; those that are not accepted, or that their owner renewed,
/// are left out.
pub(super) async fn expiring(
    conn: &mut Conn,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<ApiToken>> {
    not_renewed(accepted(now))
        .filter(api_token::expires_at.le(until))
        .order((api_token::expires_at, api_token::id))
        .limit(limit)
        .select(ApiToken::as_select())
        .load(conn)
        .await
}

/// Writes a use down, unless another did since `before`.
pub(super) async fn touch(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> QueryResult<()> {
    let unused = api_token::last_used_at.is_null().or(api_token::last_used_at.le(before));
    diesel::update(api_token::table.find(id).filter(unused))
        .set(api_token::last_used_at.eq(now))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Adds a token.
pub(super) async fn insert(conn: &mut Conn, row: &NewApiToken<'_>) -> QueryResult<ApiToken> {
    diesel::insert_into(api_token::table)
        .values(row)
        .returning(ApiToken::as_returning())
        .get_result(conn)
        .await
}

/// A token, locked until the transaction ends.
pub(super) async fn lock(conn: &mut Conn, id: i64) -> QueryResult<Option<ApiToken>> {
    api_token::table
        .find(id)
        .select(ApiToken::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Whether somebody renewed a token, and did not revoke what came of it.
pub(super) async fn is_renewed(conn: &mut Conn, id: i64) -> QueryResult<bool> {
    let renewals = api_token::table
        .filter(api_token::renewed_from.eq(id))
        .filter(api_token::revoked_at.is_null());
    diesel::select(diesel::dsl::exists(renewals)).get_result(conn).await
}

/// Lets a token expire at an instant, if it would later.
pub(super) async fn shorten(conn: &mut Conn, id: i64, until: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(api_token::table.find(id).filter(api_token::expires_at.gt(until)))
        .set(api_token::expires_at.eq(until))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Ends a token.
pub(super) async fn revoke(conn: &mut Conn, id: i64, now: DateTime<Utc>) -> QueryResult<ApiToken> {
    diesel::update(api_token::table.find(id))
        .set(api_token::revoked_at.eq(now))
        .returning(ApiToken::as_returning())
        .get_result(conn)
        .await
}

/// What a scope lets see.
fn within(scope: &Scope) -> Query {
    let query = api_token::table.into_boxed();
    match scope.subtrees() {
        None => query,
        Some(roots) => {
            query.filter(api_token::structure_id.eq_any(structure::store::below(roots.to_vec())))
        }
    }
}

fn narrowed(scope: &Scope, filter: &ApiTokenFilter, now: DateTime<Utc>) -> Query {
    let mut query = within(scope);
    if let Some(id) = filter.below {
        query = query.filter(api_token::structure_id.eq_any(structure::store::below(vec![id])));
    }
    match filter.active {
        None => query,
        Some(true) => {
            query.filter(api_token::revoked_at.is_null()).filter(api_token::expires_at.gt(now))
        }
        Some(false) => {
            query.filter(api_token::revoked_at.is_not_null().or(api_token::expires_at.le(now)))
        }
    }
}

/// One page, newest first, with one row more than asked when there are more.
pub(super) async fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ApiTokenFilter,
    now: DateTime<Utc>,
    page: &Page,
) -> QueryResult<Vec<ApiToken>> {
    newest_first!(narrowed(scope, filter, now), api_token::id, page)
        .select(ApiToken::as_select())
        .load(conn)
        .await
}

/// How many tokens a filter keeps.
pub(super) async fn total(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ApiTokenFilter,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    narrowed(scope, filter, now).count().get_result(conn).await
}

/// Those of these tokens that are within the scope.
pub(super) async fn by_ids(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<ApiToken>> {
    within(scope)
        .filter(api_token::id.eq_any(ids.to_vec()))
        .select(ApiToken::as_select())
        .load(conn)
        .await
}

/// Tokens that were revoked, or expired, before an instant.
fn ended(before: DateTime<Utc>) -> Query {
    let expired = api_token::revoked_at.is_null().and(api_token::expires_at.lt(before));
    api_token::table.filter(expired.or(api_token::revoked_at.lt(before))).into_boxed()
}

/// How many tokens ended before an instant.
pub(super) async fn count_ended(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<i64> {
    ended(before).count().get_result(conn).await
}

/// Deletes tokens that ended before an instant, oldest first, at most `limit`.
pub(super) async fn delete_ended(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    let ids: Vec<i64> =
        ended(before).order(api_token::id).limit(limit).select(api_token::id).load(conn).await?;
    diesel::delete(api_token::table.filter(api_token::id.eq_any(ids))).execute(conn).await
}
