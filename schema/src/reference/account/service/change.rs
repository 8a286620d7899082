//! Changing accounts and their rights: from the command line of the machine, where those stand who may. No field of the
//! API leads here. Each change is in the trail.

use diesel_async::AsyncConnection;

use super::super::model::Account;
use super::super::{password, store};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::{Code, Error, Refusal, Result};
use crate::foundation::policy::Role;
use crate::foundation::secret::Secret;
use crate::reference::structure;

/// Gives the account of an address a role, at the structure with this code where it needs one; one that it has changes
/// nothing.
///
/// # Errors
/// [`Error::NotFound`] when no account has the address; `UNKNOWN_STRUCTURE`, and `UNKNOWN_ROLE` for a role without the
/// place it needs, or with one it cannot have.
pub async fn grant(
    app: &App,
    caller: &Caller,
    email: &str,
    role: Role,
    code: Option<&str>,
) -> Result<()> {
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let account = of_address(conn, email).await?.id;
        let place = placed(conn, role, code).await?;
        hold(conn, app, caller, account, role, place).await
    })
    .await
}

/// Takes a role from the account of an address.
///
/// # Errors
/// As [`grant`]; `UNKNOWN_ROLE` also when the account does not hold it there.
pub async fn withdraw(
    app: &App,
    caller: &Caller,
    email: &str,
    role: Role,
    code: Option<&str>,
) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let account = of_address(conn, email).await?.id;
        let place = placed(conn, role, code).await?;
        if store::withdraw(conn, account, role, place).await? == 0 {
            let message = "Ce compte n'a pas ce rôle à cet endroit.";
            return Err(Refusal::at(Code::UnknownRole, message, &["role"]).into());
        }
        let (action, subject) = (format!("role.withdraw.{role}"), format!("account:{account}"));
        Ok(audit::record(conn, now, caller, &action, &subject, place).await?)
    })
    .await
}

/// Closes the account of an address: nobody logs in any more, and every token stops at once. One that is closed stays as
/// it is, without an entry.
///
/// # Errors
/// [`Error::NotFound`] when no account has the address.
pub async fn close(app: &App, caller: &Caller, email: &str) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let account = of_address(conn, email).await?;
        if account.disabled_at.is_some() {
            return Ok(());
        }
        store::disable(conn, account.id, Some(now)).await?;
        store::revoke_all(conn, account.id, now).await?;
        let subject = format!("account:{}", account.id);
        Ok(audit::record(conn, now, caller, "account.close", &subject, None).await?)
    })
    .await
}

/// Opens the closed account of an address again. One that is open stays as it is, without an entry.
///
/// # Errors
/// As [`close`].
pub async fn reopen(app: &App, caller: &Caller, email: &str) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let account = of_address(conn, email).await?;
        if account.disabled_at.is_none() {
            return Ok(());
        }
        store::disable(conn, account.id, None).await?;
        let subject = format!("account:{}", account.id);
        Ok(audit::record(conn, now, caller, "account.reopen", &subject, None).await?)
    })
    .await
}

/// Gives the account of an address another password, and ends every session.
///
/// # Errors
/// As [`close`].
pub async fn change_password(
    app: &App,
    caller: &Caller,
    email: &str,
    given: &Secret,
) -> Result<()> {
    let now = app.clock.now();
    // Worked out before a connection is held.
    let hash = password::hash(given.clone().reveal()).await?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let account = of_address(conn, email).await?.id;
        store::set_password(conn, account, &hash).await?;
        store::revoke_all(conn, account, now).await?;
        let subject = format!("account:{account}");
        Ok(audit::record(conn, now, caller, "account.password", &subject, None).await?)
    })
    .await
}

/// The account of an address as somebody types it, open or closed.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn of_address(conn: &mut Conn, email: &str) -> Result<Account> {
    let email = email.trim().to_lowercase();
    store::even_closed_by_email(conn, &email).await?.ok_or(Error::NotFound)
}

/// Lets an account hold a role, inside the caller's transaction; one that it has changes nothing.
pub(super) async fn hold(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    account: i64,
    role: Role,
    place: Option<i64>,
) -> Result<()> {
    if store::grant(conn, account, role, place).await? > 0 {
        let (action, subject) = (format!("role.grant.{role}"), format!("account:{account}"));
        audit::record(conn, app.clock.now(), caller, &action, &subject, place).await?;
    }
    Ok(())
}

/// The structure where a role is held; none for the roles that hold everywhere.
pub(super) async fn placed(
    conn: &mut Conn,
    role: Role,
    place: Option<&str>,
) -> Result<Option<i64>> {
    let wrong = |message: String| Refusal::at(Code::UnknownRole, message, &["role"]).into();
    match place {
        Some(_) if role.is_everywhere() => {
            Err(wrong(format!("Le rôle {role} vaut partout : retirez la structure.")))
        }
        None if !role.is_everywhere() => {
            Err(wrong(format!("Le rôle {role} vaut pour une structure : écrivez {role}@CODE.")))
        }
        Some(code) => Ok(Some(structure::service::resolve(conn, code).await?.id)),
        None => Ok(None),
    }
}
