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
use crate::reference::structure;

/// What is done to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    Password(String),
}

/// Changes the account of an address, open or closed.
///
/// # Errors
/// [`Error::NotFound`] when no account has the address; `UNKNOWN_STRUCTURE`, and `UNKNOWN_ROLE` for a role without the
/// place it needs, with one it cannot have, or one to withdraw that the account does not hold.
pub async fn change(app: &App, caller: &Caller, email: &str, change: &Change) -> Result<()> {
    let now = app.clock.now();
    // Worked out before anything is locked.
    let hash = match change {
        Change::Password(text) => Some(password::hash(text.clone()).await?),
        _ => None,
    };
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let found = store::even_closed_by_email(conn, &email.trim().to_lowercase()).await?;
        let Account { id, .. } = found.ok_or(Error::NotFound)?;
        let action = match change {
            Change::Grant(role, place) => {
                let place = placed(conn, *role, place.as_deref()).await?;
                return grant(conn, app, caller, id, *role, place).await;
            }
            Change::Withdraw(role, place) => {
                let place = placed(conn, *role, place.as_deref()).await?;
                if store::withdraw(conn, id, *role, place).await? == 0 {
                    let message = "Ce compte n'a pas ce rôle à cet endroit.";
                    return Err(Refusal::at(Code::UnknownRole, message, &["role"]).into());
                }
                let subject = role_of(id, *role);
                return Ok(
                    audit::record(conn, now, caller, "role.withdraw", &subject, place).await?
                );
            }
            Change::Close => {
                store::disable(conn, id, Some(now)).await?;
                "account.close"
            }
            Change::Reopen => {
                store::disable(conn, id, None).await?;
                "account.reopen"
            }
            Change::Password(_) => {
                store::set_password(conn, id, &hash.unwrap_or_default()).await?;
                store::revoke_all(conn, id, now).await?;
                "account.password"
            }
        };
        Ok(audit::record(conn, now, caller, action, &format!("account:{id}"), None).await?)
    })
    .await
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
        let subject = role_of(account, role);
        audit::record(conn, app.clock.now(), caller, "role.grant", &subject, place).await?;
    }
    Ok(())
}

/// A role as the trail names it.
fn role_of(account: i64, role: Role) -> String {
    format!("account:{account} role:{role}")
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
