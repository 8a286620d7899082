//! Changing accounts and their rights: from the command line of the machine, where those stand who may. No field of the
//! API leads here. Each change is in the trail.

use diesel_async::AsyncConnection;

use super::super::{password, store};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::{Code, Error, Refusal, Result};
use crate::foundation::policy::Role;
use crate::foundation::secret::Secret;
use crate::reference::structure;

/// What is done to an account.
pub enum Change {
    /// A role more, at the structure with this code where it needs one.
    Grant(Role, Option<String>),
    /// A role less.
    Withdraw(Role, Option<String>),
    /// Nobody logs in any more, and every token stops at once.
    Close,
    /// As it was before it was closed.
    Reopen,
    /// Another password, and every session ends.
    Password(Secret),
}

/// Changes the account of an address, open or closed. What is so already is left, and leaves no entry.
///
/// # Errors
/// [`Error::NotFound`] when no account has the address; `UNKNOWN_STRUCTURE`, and `UNKNOWN_ROLE` for a role without the
/// place it needs, with one it cannot have, or one to withdraw that the account does not hold.
pub async fn change(app: &App, caller: &Caller, email: &str, change: Change) -> Result<()> {
    let now = app.clock.now();
    let change = Prepared::of(change).await?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let found = store::even_closed_by_email(conn, &email.trim().to_lowercase()).await?;
        let account = found.ok_or(Error::NotFound)?;
        let closed = account.disabled_at.is_some();
        let action = match &change {
            Prepared::Grant(role, place) => {
                let place = placed(conn, *role, place.as_deref()).await?;
                return grant(conn, app, caller, account.id, *role, place).await;
            }
            Prepared::Withdraw(role, place) => {
                let place = placed(conn, *role, place.as_deref()).await?;
                return withdraw(conn, app, caller, account.id, *role, place).await;
            }
            Prepared::Close if closed => return Ok(()),
            Prepared::Reopen if !closed => return Ok(()),
            Prepared::Close => {
                store::disable(conn, account.id, Some(now)).await?;
                store::revoke_all(conn, account.id, now).await?;
                "account.close"
            }
            Prepared::Reopen => {
                store::disable(conn, account.id, None).await?;
                "account.reopen"
            }
            Prepared::Password(hash) => {
                store::set_password(conn, account.id, hash).await?;
                store::revoke_all(conn, account.id, now).await?;
                "account.password"
            }
        };
        let subject = format!("account:{}", account.id);
        Ok(audit::record(conn, now, caller, action, &subject, None).await?)
    })
    .await
}

/// A change with what takes long worked out, before anything is locked.
enum Prepared {
    Grant(Role, Option<String>),
    Withdraw(Role, Option<String>),
    Close,
    Reopen,
    /// The hash.
    Password(String),
}

impl Prepared {
    async fn of(change: Change) -> Result<Self> {
        Ok(match change {
            Change::Grant(role, place) => Self::Grant(role, place),
            Change::Withdraw(role, place) => Self::Withdraw(role, place),
            Change::Close => Self::Close,
            Change::Reopen => Self::Reopen,
            Change::Password(password) => Self::Password(password::hash(password.reveal()).await?),
        })
    }
}

/// Gives an account a role, inside the caller's transaction; one that it has changes nothing.
pub(super) async fn grant(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    account: i64,
    role: Role,
    place: Option<i64>,
) -> Result<()> {
    if store::grant(conn, account, role, place).await? > 0 {
        record(conn, app, caller, "grant", account, role, place).await?;
    }
    Ok(())
}

async fn withdraw(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    account: i64,
    role: Role,
    place: Option<i64>,
) -> Result<()> {
    if store::withdraw(conn, account, role, place).await? == 0 {
        let message = "Ce compte n'a pas ce rôle à cet endroit.";
        return Err(Refusal::at(Code::UnknownRole, message, &["role"]).into());
    }
    record(conn, app, caller, "withdraw", account, role, place).await
}

/// The entry about a role: `role.grant.MANAGER`, on the account, where the role holds.
async fn record(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    what: &str,
    account: i64,
    role: Role,
    place: Option<i64>,
) -> Result<()> {
    let (action, subject) = (format!("role.{what}.{role}"), format!("account:{account}"));
    Ok(audit::record(conn, app.clock.now(), caller, &action, &subject, place).await?)
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
