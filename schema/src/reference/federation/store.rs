//! Queries on log-ins through a provider.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{Attempt, Handover, NewAttempt};
use crate::foundation::database::Conn;
use crate::tables::{account_identity, login_attempt, login_handover};

/// Remembers somebody who leaves for the provider.
pub(super) async fn add_attempt(conn: &mut Conn, attempt: &NewAttempt<'_>) -> QueryResult<()> {
    diesel::insert_into(login_attempt::table).values(attempt).execute(conn).await?;
    Ok(())
}

/// Takes back what was remembered of somebody, when both secrets are theirs: it is there once only.
pub(super) async fn take_attempt(
    conn: &mut Conn,
    state_hash: Vec<u8>,
    browser_hash: Vec<u8>,
) -> QueryResult<Option<Attempt>> {
    let theirs = login_attempt::table
        .filter(login_attempt::state_hash.eq(state_hash))
        .filter(login_attempt::browser_hash.eq(browser_hash));
    diesel::delete(theirs).returning(Attempt::as_returning()).get_result(conn).await.optional()
}

/// The account that a person is, when it was linked; closed ones too.
pub(super) async fn account_of(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
) -> QueryResult<Option<i64>> {
    account_identity::table
        .filter(account_identity::issuer.eq(issuer))
        .filter(account_identity::subject.eq(subject))
        .select(account_identity::account_id)
        .first(conn)
        .await
        .optional()
}

/// Forgets who an account is at providers; gives how many were forgotten.
pub(super) async fn unlink(conn: &mut Conn, account_id: i64) -> QueryResult<usize> {
    let links = account_identity::table.filter(account_identity::account_id.eq(account_id));
    diesel::delete(links).execute(conn).await
}

/// Links an account to a person; false when either is linked already.
pub(super) async fn link(
    conn: &mut Conn,
    account_id: i64,
    issuer: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let added = diesel::insert_into(account_identity::table)
        .values((
            account_identity::account_id.eq(account_id),
            account_identity::issuer.eq(issuer),
            account_identity::subject.eq(subject),
            account_identity::created_at.eq(now),
            account_identity::last_login_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(added > 0)
}

/// Writes down that a person came in.
pub(super) async fn seen(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let theirs = account_identity::table
        .filter(account_identity::issuer.eq(issuer))
        .filter(account_identity::subject.eq(subject));
    diesel::update(theirs).set(account_identity::last_login_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// Remembers somebody who came back, for the front end.
pub(super) async fn add_handover(
    conn: &mut Conn,
    code_hash: Vec<u8>,
    account_id: i64,
    logout_url: Option<&str>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(login_handover::table)
        .values((
            login_handover::code_hash.eq(code_hash),
            login_handover::account_id.eq(account_id),
            login_handover::logout_url.eq(logout_url),
            login_handover::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes back what was remembered for a front end: it is there once only.
pub(super) async fn take_handover(
    conn: &mut Conn,
    code_hash: Vec<u8>,
) -> QueryResult<Option<Handover>> {
    let theirs = login_handover::table.filter(login_handover::code_hash.eq(code_hash));
    diesel::delete(theirs).returning(Handover::as_returning()).get_result(conn).await.optional()
}

/// How many log-ins were begun, and brought back but never fetched, before an instant.
pub(super) async fn count_before(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<i64> {
    let attempts: i64 = login_attempt::table
        .filter(login_attempt::created_at.lt(before))
        .count()
        .get_result(conn)
        .await?;
    let handovers: i64 = login_handover::table
        .filter(login_handover::created_at.lt(before))
        .count()
        .get_result(conn)
        .await?;
    Ok(attempts + handovers)
}

/// Forgets log-ins that were begun, or brought back and never fetched, before an instant: at most `limit` of each.
pub(super) async fn forget_before(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> QueryResult<usize> {
    let old = diesel::alias!(login_attempt as old_attempt);
    let hashes = old
        .filter(old.field(login_attempt::created_at).lt(before))
        .select(old.field(login_attempt::state_hash))
        .limit(limit);
    let attempts =
        diesel::delete(login_attempt::table.filter(login_attempt::state_hash.eq_any(hashes)))
            .execute(conn)
            .await?;
    let old = diesel::alias!(login_handover as old_handover);
    let hashes = old
        .filter(old.field(login_handover::created_at).lt(before))
        .select(old.field(login_handover::code_hash))
        .limit(limit);
    let handovers =
        diesel::delete(login_handover::table.filter(login_handover::code_hash.eq_any(hashes)))
            .execute(conn)
            .await?;
    Ok(attempts + handovers)
}
