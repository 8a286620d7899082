//! Queries on accounts, roles and sessions.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::model::{Account, AccountRole, Recipient};
use crate::foundation::database::Conn;
use crate::foundation::policy::{AlertChoice, Role};
use crate::tables::{account, account_role, session};

/// An open account by its address in lower case; closed accounts are as if absent.
pub(super) async fn by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<Account>> {
    account::table
        .filter(account::email.eq(email))
        .filter(account::disabled_at.is_null())
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()
}

/// An open account by id.
pub(super) async fn by_id(conn: &mut Conn, id: i64) -> QueryResult<Option<Account>> {
    account::table
        .filter(account::id.eq(id))
        .filter(account::disabled_at.is_null())
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()
}

/// The ids of open accounts, as a subquery for other areas.
pub fn open_ids() -> account::BoxedQuery<'static, Pg, BigInt> {
    account::table.filter(account::disabled_at.is_null()).select(account::id).into_boxed()
}

/// The names of these accounts, closed ones too.
pub(super) async fn names(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<(i64, String)>> {
    account::table
        .filter(account::id.eq_any(ids))
        .select((account::id, account::display_name))
        .load(conn)
        .await
}

/// An account by id, even a closed one.
pub(super) async fn even_closed(conn: &mut Conn, id: i64) -> QueryResult<Option<Account>> {
    account::table.find(id).select(Account::as_select()).first(conn).await.optional()
}

/// An account by its address in lower case, even a closed one.
pub(super) async fn even_closed_by_email(
    conn: &mut Conn,
    email: &str,
) -> QueryResult<Option<Account>> {
    account::table
        .filter(account::email.eq(email))
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()
}

/// Adds an account; gives its number.
pub(super) async fn insert(
    conn: &mut Conn,
    email: &str,
    name: &str,
    hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    diesel::insert_into(account::table)
        .values((
            account::email.eq(email),
            account::display_name.eq(name),
            account::password_hash.eq(hash),
            account::created_at.eq(now),
        ))
        .returning(account::id)
        .get_result(conn)
        .await
}

/// Gives an account a role; zero rows when it has it.
pub(super) async fn grant(
    conn: &mut Conn,
    account_id: i64,
    role: Role,
    structure_id: Option<i64>,
) -> QueryResult<usize> {
    diesel::insert_into(account_role::table)
        .values((
            account_role::account_id.eq(account_id),
            account_role::role.eq(role),
            account_role::structure_id.eq(structure_id),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// Takes a role from an account; zero rows when it has no such role.
pub(super) async fn withdraw(
    conn: &mut Conn,
    account_id: i64,
    role: Role,
    structure_id: Option<i64>,
) -> QueryResult<usize> {
    let held = account_role::table
        .filter(account_role::account_id.eq(account_id))
        .filter(account_role::role.eq(role))
        .filter(account_role::structure_id.is_not_distinct_from(structure_id));
    diesel::delete(held).execute(conn).await
}

/// Closes an account since an instant, or opens it again.
pub(super) async fn disable(
    conn: &mut Conn,
    id: i64,
    since: Option<DateTime<Utc>>,
) -> QueryResult<usize> {
    diesel::update(account::table.find(id)).set(account::disabled_at.eq(since)).execute(conn).await
}

/// Changes the hash of a password.
pub(super) async fn set_password(conn: &mut Conn, id: i64, hash: &str) -> QueryResult<usize> {
    diesel::update(account::table.find(id)).set(account::password_hash.eq(hash)).execute(conn).await
}

/// Ends every session of an account.
pub(super) async fn revoke_all(conn: &mut Conn, id: i64, now: DateTime<Utc>) -> QueryResult<usize> {
    let open =
        session::table.filter(session::account_id.eq(id)).filter(session::revoked_at.is_null());
    diesel::update(open)
        .set((session::revoked_at.eq(now), session::logout_url.eq(None::<String>)))
        .execute(conn)
        .await
}

/// The roles of an account.
pub(super) async fn roles(conn: &mut Conn, account_id: i64) -> QueryResult<Vec<AccountRole>> {
    account_role::table
        .filter(account_role::account_id.eq(account_id))
        .order(account_role::id)
        .select(AccountRole::as_select())
        .load(conn)
        .await
}

/// Changes the alerts a manager's role brings; false when the account has no such role. After a time
/// without any they count from now.
pub(super) async fn choose_alerts(
    conn: &mut Conn,
    account_id: i64,
    structure_id: i64,
    alerts: AlertChoice,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let role = account_role::table
        .filter(account_role::account_id.eq(account_id))
        .filter(account_role::structure_id.eq(structure_id))
        .filter(account_role::role.eq(Role::Manager));
    diesel::update(role.filter(account_role::alerts.eq(AlertChoice::None)))
        .set(account_role::alerts_since.eq(now))
        .execute(conn)
        .await?;
    let changed = diesel::update(role).set(account_role::alerts.eq(alerts)).execute(conn).await?;
    Ok(changed > 0)
}

/// Remembers a session by the hash of its token.
pub(super) async fn open_session(
    conn: &mut Conn,
    account_id: i64,
    token_hash: Vec<u8>,
    logout_url: Option<&str>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<i64> {
    diesel::insert_into(session::table)
        .values((
            session::account_id.eq(account_id),
            session::token_hash.eq(token_hash),
            session::created_at.eq(now),
            session::expires_at.eq(expires_at),
            session::logout_url.eq(logout_url),
        ))
        .returning(session::id)
        .get_result(conn)
        .await
}

/// The session and account behind a token's hash, if it is neither expired nor revoked and the
/// account is open.
pub(super) async fn session_of(
    conn: &mut Conn,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> QueryResult<Option<(i64, i64, DateTime<Utc>)>> {
    session::table
        .inner_join(account::table)
        .filter(session::token_hash.eq(token_hash))
        .filter(session::expires_at.gt(now))
        .filter(session::revoked_at.is_null())
        .filter(account::disabled_at.is_null())
        .select((session::id, session::account_id, session::expires_at))
        .first(conn)
        .await
        .optional()
}

/// Whether a session is still good, by its id.
pub(super) async fn session_holds(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(
        session::table
            .inner_join(account::table)
            .filter(session::id.eq(id))
            .filter(session::expires_at.gt(now))
            .filter(session::revoked_at.is_null())
            .filter(account::disabled_at.is_null()),
    ))
    .get_result(conn)
    .await
}

/// Ends a session, and forgets where its person logs out elsewhere; gives that address. A second time changes
/// nothing.
pub(super) async fn revoke(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
) -> QueryResult<Option<String>> {
    let open = session::table.filter(session::id.eq(id)).filter(session::revoked_at.is_null());
    let logout_url: Option<Option<String>> =
        open.select(session::logout_url).for_update().first(conn).await.optional()?;
    diesel::update(open)
        .set((session::revoked_at.eq(now), session::logout_url.eq(None::<String>)))
        .execute(conn)
        .await?;
    Ok(logout_url.flatten())
}

/// The open accounts that alerts about a structure go to: its managers, and those above who asked
/// for the whole subtree. `path` is the structure's, root first.
pub(super) async fn alerted(conn: &mut Conn, path: &[i64]) -> QueryResult<Vec<Recipient>> {
    let own = path.last().copied().unwrap_or_default();
    recipients(
        conn,
        account_role::table
            .filter(account_role::role.eq(Role::Manager))
            .filter(
                account_role::structure_id
                    .eq(own)
                    .and(account_role::alerts.ne(AlertChoice::None))
                    .or(account_role::structure_id
                        .eq_any(path.to_vec())
                        .and(account_role::alerts.eq(AlertChoice::Subtree))),
            )
            .select(account_role::account_id)
            .into_boxed(),
    )
    .await
}

/// The open accounts with a role.
pub(super) async fn holders(conn: &mut Conn, role: Role) -> QueryResult<Vec<Recipient>> {
    let roles = account_role::table.filter(account_role::role.eq(role));
    recipients(conn, roles.select(account_role::account_id).into_boxed()).await
}

/// Sessions that expired, or were revoked, before an instant.
fn ended(before: DateTime<Utc>) -> session::BoxedQuery<'static, Pg> {
    session::table
        .filter(session::expires_at.lt(before).or(session::revoked_at.assume_not_null().lt(before)))
        .into_boxed()
}

/// How many sessions ended before an instant.
pub(super) async fn ended_sessions(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<i64> {
    ended(before).count().get_result(conn).await
}

/// The open accounts of those who work at a structure itself.
pub(super) async fn agents_of(conn: &mut Conn, structure_id: i64) -> QueryResult<Vec<Recipient>> {
    let roles = [Role::Agent, Role::Referent, Role::CommunityManager, Role::Manager];
    recipients(
        conn,
        account_role::table
            .filter(account_role::structure_id.eq(structure_id))
            .filter(account_role::role.eq_any(roles))
            .select(account_role::account_id)
            .into_boxed(),
    )
    .await
}

async fn recipients(
    conn: &mut Conn,
    accounts: account_role::BoxedQuery<'_, Pg, BigInt>,
) -> QueryResult<Vec<Recipient>> {
    let rows: Vec<(i64, String, String)> = account::table
        .filter(account::id.eq_any(accounts))
        .filter(account::disabled_at.is_null())
        .order(account::id)
        .select((account::id, account::display_name, account::email))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(account_id, display_name, email)| Recipient { account_id, display_name, email })
        .collect())
}

/// Deletes sessions that ended before an instant, at most `limit`.
pub(super) async fn delete_sessions(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    let ids: Vec<i64> =
        ended(before).order(session::id).limit(limit).select(session::id).load(conn).await?;
    diesel::delete(session::table.filter(session::id.eq_any(ids))).execute(conn).await
}
