//! Opening accounts from the command line.

use anyhow::Context;
use schema::foundation::actor::{Actor, Caller};
use schema::foundation::app::App;
use schema::foundation::chance;
use schema::foundation::policy::Role;
use schema::reference::account;

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
    let caller = Caller {
        actor: Actor::console(vec![]),
        request_id: uuid::Uuid::new_v4().to_string(),
        ..Caller::default()
    };
    account::service::open(app, &caller, email, name, password.clone(), &roles).await?;
    Ok(password)
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
