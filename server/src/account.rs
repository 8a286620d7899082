//! Opening and changing accounts from the command line.

use anyhow::{Context, bail};
use schema::foundation::actor::{Actor, Caller};
use schema::foundation::app::App;
use schema::foundation::chance;
use schema::foundation::error::Error;
use schema::foundation::policy::Role;
use schema::reference::{account, federation};

/// Opens an account; gives its password, which is stored as a hash only.
///
/// # Errors
/// When a role or its structure is unknown, or the address is taken.
pub async fn create(
    app: &App,
    email: &str,
    name: &str,
    roles: &[String],
) -> anyhow::Result<String> {
    let roles = roles.iter().map(|text| role(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let password = chance::new_secret()?.reveal();
    match account::service::open(app, &console(), email, name, password.clone(), &roles).await {
        Err(error) if error.is_duplicate() => bail!("an account has the address {email} already"),
        other => other?,
    };
    Ok(password)
}

/// Gives an account a role.
///
/// # Errors
/// When the account, the role or its structure is unknown.
pub async fn grant(app: &App, email: &str, given: &str) -> anyhow::Result<()> {
    let (role, place) = role(given)?;
    known(account::service::grant(app, &console(), email, role, place.as_deref()).await, email)
}

/// Takes a role from an account.
///
/// # Errors
/// As [`grant`], and when there is no such role to take.
pub async fn withdraw(app: &App, email: &str, given: &str) -> anyhow::Result<()> {
    let (role, place) = role(given)?;
    known(account::service::withdraw(app, &console(), email, role, place.as_deref()).await, email)
}

/// Closes an account.
///
/// # Errors
/// When the account is unknown.
pub async fn close(app: &App, email: &str) -> anyhow::Result<()> {
    known(account::service::close(app, &console(), email).await, email)
}

/// Opens a closed account again.
///
/// # Errors
/// When the account is unknown.
pub async fn reopen(app: &App, email: &str) -> anyhow::Result<()> {
    known(account::service::reopen(app, &console(), email).await, email)
}

/// Draws another password, ends every session, and gives the password, which is stored as a hash only.
///
/// # Errors
/// When the account is unknown.
pub async fn password(app: &App, email: &str) -> anyhow::Result<String> {
    let password = chance::new_secret()?;
    known(account::service::change_password(app, &console(), email, &password).await, email)?;
    Ok(password.reveal())
}

/// Forgets who an account is at the identity provider.
///
/// # Errors
/// When the account is unknown, or linked to nobody.
pub async fn unlink(app: &App, email: &str) -> anyhow::Result<()> {
    match federation::service::unlink(app, &console(), email).await {
        Err(Error::NotFound) => bail!("no account with the address {email} is linked to anybody"),
        other => Ok(other?),
    }
}

/// Says that an account is unknown in the words of a command line.
fn known(done: Result<(), Error>, email: &str) -> anyhow::Result<()> {
    match done {
        Err(Error::NotFound) => bail!("no account has the address {email}"),
        other => Ok(other?),
    }
}

fn console() -> Caller {
    Caller {
        actor: Actor::console(vec![]),
        request_id: uuid::Uuid::new_v4().to_string(),
        ..Caller::default()
    }
}

/// `ROLE` or `ROLE@STRUCTURE`.
fn role(text: &str) -> anyhow::Result<(Role, Option<String>)> {
    let (role, place) = match text.split_once('@') {
        Some((role, place)) => (role, Some(place.to_owned())),
        None => (text, None),
    };
    let known = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    let role =
        role.parse().ok().with_context(|| format!("unknown role {role}; known: {}", known()))?;
    Ok((role, place))
}
