//! Opening accounts.

use diesel_async::AsyncConnection;

use super::super::{password, store};
use super::change::{hold, placed};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::policy::Role;
use crate::foundation::{audit, text};

/// Opens an account with its roles; gives its number. For the command line of the machine: no field
/// of the API leads here.
///
/// # Errors
/// `INVALID_EMAIL`, `EMPTY_TEXT`, `UNKNOWN_STRUCTURE`, and `UNKNOWN_ROLE` for a role without the place it
/// needs, or with one it cannot have; internal when the address has an account already.
pub async fn open(
    app: &App,
    caller: &Caller,
    email: &str,
    name: &str,
    password: String,
    roles: &[(Role, Option<String>)],
) -> Result<i64> {
    let email = text::email(email, &["email"])?.to_lowercase();
    let name = text::required(name, 100, false, &["name"])?;
    let hash = password::hash(password).await?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let account = store::insert(conn, &email, &name, &hash, now).await?;
        audit::record(conn, now, caller, "account.open", &format!("account:{account}"), None)
            .await?;
        for (role, place) in roles {
            let place = placed(conn, *role, place.as_deref()).await?;
            hold(conn, app, caller, account, *role, place).await?;
        }
        Ok(account)
    })
    .await
}

/// Opens an account for an agent of one structure, inside the caller's transaction; gives its number. Nobody knows
/// its password: its person comes in through the provider that named the structure.
///
/// # Errors
/// Internal only, as when the address has an account already.
pub async fn open_agent(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    email: &str,
    name: &str,
    structure_id: i64,
) -> Result<i64> {
    let now = app.clock.now();
    let account = store::insert(conn, email, name, password::nobodys().await?, now).await?;
    let subject = format!("account:{account}");
    audit::record(conn, now, caller, "account.open", &subject, Some(structure_id)).await?;
    hold(conn, app, caller, account, Role::Agent, Some(structure_id)).await?;
    Ok(account)
}
