//! Logging in and out, and who is told what.

mod change;
mod open;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

pub use self::change::{change_password, close, grant, of_address, reopen, withdraw};
pub use self::open::{open, open_agent};
use super::model::{Account, AccountRole, OpenedSession, Recipient};
use super::{password, store};
use crate::foundation::actor::{Actor, Caller, Grant};
use crate::foundation::app::App;
use crate::foundation::database::{Conn, Pool};
use crate::foundation::error::{Code, Error, Refusal, Refuse, Result};
use crate::foundation::policy::{Action, AlertChoice, Role};
use crate::foundation::secret::Secret;
use crate::foundation::{audit, chance};
use crate::operate::throttle::{self, Kind};
use crate::reference::{api_token, structure};

/// Longest password read, in bytes: a hash of megabytes would be a free attack.
const PASSWORD_BYTES: usize = 1024;

enum SessionRefusal {
    WrongCredentials,
}

impl Refuse for SessionRefusal {
    fn refusal(&self) -> Refusal {
        match self {
            // One answer for both, so that nobody learns which addresses have an account.
            Self::WrongCredentials => Refusal::at(
                Code::WrongCredentials,
                "Adresse ou mot de passe incorrect.",
                &["input"],
            ),
        }
    }
}

/// Opens a session for an address and a password.
///
/// # Errors
/// `WRONG_CREDENTIALS`, or `TOO_MANY_ATTEMPTS` after too many failures in a quarter of an hour.
pub async fn log_in(
    app: &App,
    caller: &Caller,
    email: &str,
    given: &Secret,
) -> Result<OpenedSession> {
    caller.actor.scope(Action::TakePart)?;
    let email = email.trim().to_lowercase();
    // Few from one place, so that nobody guesses; more from everywhere, so that nobody keeps somebody else out.
    let from = format!("{email} {}", caller.origin);
    let counted = [
        (Kind::LoginFrom, from.as_str(), app.settings.login_attempts),
        (Kind::Login, email.as_str(), app.settings.login_account_attempts),
        (Kind::LoginOrigin, caller.origin.as_str(), app.settings.login_origin_attempts),
    ];
    let mut conn = app.pool.get().await?;
    let Some(counted) = throttle::take(&mut conn, app, &counted).await? else {
        return Err(throttle::rules::refusal(&["input"]).into());
    };
    let account = if email.len() <= 254 && given.len() <= PASSWORD_BYTES {
        store::by_email(&mut conn, &email).await?
    } else {
        None
    };
    drop(conn);
    // No connection is held while the hash works.
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let given = Secret::new(given.expose().chars().take(PASSWORD_BYTES).collect::<String>());
    let right = password::verify(given, stored).await?;
    let Some(account) = account.filter(|_| right) else {
        return Err(SessionRefusal::WrongCredentials.into());
    };

    let mut conn = app.pool.get().await?;
    throttle::forgive(&mut conn, &counted).await?;
    conn.transaction(async |conn| open_session(conn, app, caller, account, None).await).await
}

/// Opens a session for an account, inside the caller's transaction. `logout_url`: where the person must be sent
/// to be logged out elsewhere too.
///
/// # Errors
/// Internal only.
pub async fn open_session(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    account: Account,
    logout_url: Option<&str>,
) -> Result<OpenedSession> {
    let now = app.clock.now();
    let token = chance::new_secret()?;
    let hash = token.digest();
    let expires_at = now + app.settings.session_life;
    let session = store::open_session(conn, account.id, hash, logout_url, now, expires_at).await?;
    let who = Caller {
        actor: Actor::account(account.id, session, vec![]),
        request_id: caller.request_id.clone(),
        ..Default::default()
    };
    let subject = format!("session:{session}");
    audit::record(conn, now, &who, "session.create", &subject, None).await?;
    Ok(OpenedSession { token, expires_at, account })
}

/// Ends the caller's own session; gives the address where the person logs out at the provider too, when the
/// session came from one.
///
/// # Errors
/// [`Error::Unauthenticated`] without one; [`Error::ForbiddenToToken`] for an API token, which has none.
pub async fn log_out(app: &App, caller: &Caller) -> Result<Option<String>> {
    let session = match caller.actor.session_id() {
        Some(session) => session,
        None if caller.actor.limit().is_some() => {
            return Err(Error::ForbiddenToToken("Ce jeton n'a pas de session : révoquez-le."));
        }
        None => return Err(Error::Unauthenticated),
    };
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let logout_url = store::revoke(conn, session, now).await?;
        let subject = format!("session:{session}");
        audit::record(conn, now, caller, "session.delete", &subject, None).await?;
        Ok(logout_url)
    })
    .await
}

/// The actor behind a bearer token and when the token expires (UTC).
///
/// # Errors
/// [`Error::Unauthenticated`] when the token is unknown, expired or revoked.
pub async fn authenticate(app: &App, token: &Secret) -> Result<(Actor, DateTime<Utc>)> {
    let mut conn = app.pool.get().await?;
    let found = store::session_of(&mut conn, &token.digest(), app.clock.now()).await?;
    let (session, account, expires_at) = found.ok_or(Error::Unauthenticated)?;
    Ok((Actor::account(account, session, grants(&mut conn, account).await?), expires_at))
}

/// The caller's rights as they are now, for subscriptions that live long.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session ended meanwhile, or the API token.
pub async fn refresh(app: &App, actor: &Actor) -> Result<Actor> {
    if let Some(limit) = actor.limit() {
        return api_token::service::refresh(app, limit.token_id).await;
    }
    let (Some(session), Some(account)) = (actor.session_id(), actor.account_id()) else {
        return Ok(actor.clone());
    };
    let mut conn = app.pool.get().await?;
    if !store::session_holds(&mut conn, session, app.clock.now()).await? {
        return Err(Error::Unauthenticated);
    }
    Ok(Actor::account(account, session, grants(&mut conn, account).await?))
}

/// What an account may do, and where.
///
/// # Errors
/// Internal only.
pub async fn grants(conn: &mut Conn, account: i64) -> Result<Vec<Grant>> {
    let roles = store::roles(conn, account).await?;
    Ok(roles.into_iter().map(|r| Grant { role: r.role, structure_id: r.structure_id }).collect())
}

/// The caller's own account and roles; `None` for the public, and for API tokens: whoever finds one learns
/// nothing about its owner.
///
/// # Errors
/// Internal only.
pub async fn viewer(app: &App, caller: &Caller) -> Result<Option<(Account, Vec<AccountRole>)>> {
    match caller.actor.account_id() {
        Some(id) if caller.actor.limit().is_none() => profile(app, id).await,
        _ => Ok(None),
    }
}

/// The names of some accounts, closed ones too.
///
/// # Errors
/// Internal only.
pub async fn names(pool: &Pool, ids: &[i64]) -> Result<HashMap<i64, String>> {
    Ok(store::names(&mut *pool.get().await?, ids).await?.into_iter().collect())
}

/// An open account with its roles.
///
/// # Errors
/// Internal only.
pub async fn profile(app: &App, account_id: i64) -> Result<Option<(Account, Vec<AccountRole>)>> {
    let mut conn = app.pool.get().await?;
    let Some(account) = store::by_id(&mut conn, account_id).await? else { return Ok(None) };
    let roles = store::roles(&mut conn, account_id).await?;
    Ok(Some((account, roles)))
}

/// Chooses which alerts the caller's manager role on a structure brings.
///
/// # Errors
/// `UNKNOWN_STRUCTURE`, or `UNKNOWN_ROLE` when the caller does not manage it.
pub async fn choose_alerts(
    app: &App,
    caller: &Caller,
    structure: &str,
    alerts: AlertChoice,
) -> Result<Vec<AccountRole>> {
    caller.actor.scope(Action::ManageOwnAccount)?;
    let account = caller.actor.account_id().ok_or(Error::Unauthenticated)?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let structure = structure::service::resolve(conn, structure).await?;
        let now = app.clock.now();
        if !store::choose_alerts(conn, account, structure.id, alerts, now).await? {
            return Err(Refusal::at(
                Code::UnknownRole,
                "Vous n'êtes pas responsable de cette structure.",
                &["structure"],
            )
            .into());
        }
        let subject = format!("account:{account}");
        audit::record(conn, now, caller, "alert.choose", &subject, Some(structure.id)).await?;
        Ok(store::roles(conn, account).await?)
    })
    .await
}

/// An account by its number, even a closed one.
///
/// # Errors
/// Internal only.
pub async fn even_closed(conn: &mut Conn, account_id: i64) -> Result<Option<Account>> {
    Ok(store::even_closed(conn, account_id).await?)
}

/// An account by its address in lower case, even a closed one.
///
/// # Errors
/// Internal only.
pub async fn even_closed_by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(store::even_closed_by_email(conn, email).await?)
}

/// Those who work at a structure itself: « l'ensemble des agents du site » (DOMAIN §17.9).
///
/// # Errors
/// Internal only.
pub async fn agents_of(conn: &mut Conn, structure_id: i64) -> Result<Vec<Recipient>> {
    Ok(store::agents_of(conn, structure_id).await?)
}

/// Everybody with a role, wherever they hold it.
///
/// # Errors
/// Internal only.
pub async fn holders(conn: &mut Conn, role: Role) -> Result<Vec<Recipient>> {
    Ok(store::holders(conn, role).await?)
}

/// Who receives alerts about a structure, given its path from the root.
///
/// # Errors
/// Internal only.
pub async fn alerted(conn: &mut Conn, path: &[i64]) -> Result<Vec<Recipient>> {
    Ok(store::alerted(conn, path).await?)
}

/// An open account as recipient of an e-mail; `None` when it was closed meanwhile.
///
/// # Errors
/// Internal only.
pub async fn recipient(conn: &mut Conn, account_id: i64) -> Result<Option<Recipient>> {
    Ok(store::by_id(conn, account_id).await?.map(|account| Recipient {
        account_id: account.id,
        display_name: account.display_name,
        email: account.email,
    }))
}

/// The roles of an account.
///
/// # Errors
/// Internal only.
pub async fn roles(conn: &mut Conn, account_id: i64) -> Result<Vec<AccountRole>> {
    Ok(store::roles(conn, account_id).await?)
}
