//! From a departure to the provider to a session here.

use diesel_async::AsyncConnection;

use super::denial::{Denial, Rejection};
use super::model::{Attempt, Departure, NewAttempt, Person};
use super::rules::{ATTEMPT_LIFE, HANDOVER_LIFE, is_good, keeps_place, may_link};
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::{Code, Error, Refusal, Result};
use crate::foundation::policy::Action;
use crate::foundation::secret::Secret;
use crate::foundation::{audit, chance, text};
use crate::operate::throttle;
use crate::reference::account::model::{Account, AccountRole, OpenedSession};
use crate::reference::account::service as accounts;
use crate::reference::structure;
use crate::reference::structure::model::Structure;
use crate::reference::structure::rules::is_siret;

/// Longest secret looked up, in bytes; ours have 43.
const SECRET_BYTES: usize = 128;
/// Old log-ins forgotten whenever one begins: more than one, so that a flood leaves with whoever comes after it.
const SWEPT: i64 = 10;

/// Lets somebody leave for the provider. `return_to` must be an address that the operators allow.
///
/// # Errors
/// Internal only.
pub async fn begin(app: &App, return_to: &str) -> Result<Departure> {
    let departure = Departure {
        state: chance::new_secret()?,
        browser: chance::new_secret()?,
        nonce: chance::new_secret()?,
        verifier: chance::new_secret()?,
    };
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    store::forget_before(&mut conn, now - ATTEMPT_LIFE, SWEPT).await?;
    let attempt = NewAttempt {
        state_hash: departure.state.digest(),
        browser_hash: departure.browser.digest(),
        nonce: departure.nonce.expose(),
        verifier: departure.verifier.expose(),
        return_to,
        created_at: now,
    };
    store::add_attempt(&mut conn, &attempt).await?;
    Ok(departure)
}

/// What is remembered of somebody who comes back: once, in the browser that left, and in time.
///
/// # Errors
/// [`Denial::AttemptUnknown`], or internal.
pub async fn resume(
    app: &App,
    state: &Secret,
    browser: &Secret,
) -> std::result::Result<Attempt, Rejection> {
    if state.len() > SECRET_BYTES || browser.len() > SECRET_BYTES {
        return Err(Denial::AttemptUnknown.into());
    }
    let mut conn = app.pool.get().await?;
    let found = store::take_attempt(&mut conn, state.digest(), browser.digest()).await?;
    let now = app.clock.now();
    let good = found.filter(|attempt| is_good(attempt.created_at, ATTEMPT_LIFE, now));
    good.ok_or(Rejection::Denied(Denial::AttemptUnknown))
}

/// Finds the account of a person whom the provider vouches for; gives the code with which the front end fetches the
/// session. A person who was never here is linked to the account with the same address, or, when `open_accounts`,
/// gets one as agent of the structure where the provider says that they work.
///
/// # Errors
/// Why the person does not come in, and nothing is written then; or internal.
pub async fn admit(
    app: &App,
    caller: &Caller,
    person: &Person,
    open_accounts: bool,
) -> std::result::Result<Secret, Rejection> {
    let code = chance::new_secret()?;
    let mut conn = app.pool.get().await?;
    match enter(&mut conn, app, caller, person, open_accounts, &code).await {
        // The same person came in at the same moment, as from two tabs: now there is an account to find.
        Err(Rejection::Failed(error)) if error.is_duplicate() => {
            enter(&mut conn, app, caller, person, open_accounts, &code).await?;
        }
        other => other?,
    }
    Ok(code)
}

/// One try at letting a person in with a code.
async fn enter(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    person: &Person,
    open_accounts: bool,
    code: &Secret,
) -> std::result::Result<(), Rejection> {
    let siret = person.siret.as_deref().filter(|siret| is_siret(siret));
    let siret = siret.ok_or(Denial::NoEstablishment)?;
    let now = app.clock.now();
    conn.transaction(async |conn| {
        let establishment = structure::service::by_siret(conn, siret).await?;
        let own = establishment.as_ref();
        let account = match store::account_of(conn, &person.issuer, &person.subject).await? {
            Some(id) => known(conn, id, own).await?,
            None => newcomer(conn, app, caller, person, own, open_accounts).await?,
        };
        store::seen(conn, &person.issuer, &person.subject, now).await?;
        let (hash, logout_url) = (code.digest(), person.logout_url.as_deref());
        store::add_handover(conn, hash, account, logout_url, now).await?;
        Ok::<_, Rejection>(())
    })
    .await
}

/// Forgets who the account of an address is at providers, so that the next log-in links it anew: somebody came back with
/// another identity. For the command line of the machine.
///
/// # Errors
/// [`Error::NotFound`] when no account has the address, or none of it is linked.
pub async fn unlink(app: &App, caller: &Caller, email: &str) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let account = accounts::of_address(conn, email).await?;
        if store::unlink(conn, account.id).await? == 0 {
            return Err(Error::NotFound);
        }
        let subject = format!("account:{}", account.id);
        Ok(audit::record(conn, now, caller, "identity.unlink", &subject, None).await?)
    })
    .await
}

/// Somebody who was here before.
async fn known(
    conn: &mut Conn,
    account_id: i64,
    own: Option<&Structure>,
) -> std::result::Result<i64, Rejection> {
    let account = accounts::even_closed(conn, account_id).await?;
    let account = account.ok_or(Denial::PersonUnknown)?;
    if account.disabled_at.is_some() {
        return Err(Denial::AccountClosed.into());
    }
    // Rights are given by people: they are not carried from one place to another, nor taken away.
    let roles = accounts::roles(conn, account_id).await?;
    if !keeps_place(own.map(|own| own.path.as_slice()), &places(conn, &roles).await?) {
        return Err(Denial::PersonMoved.into());
    }
    Ok(account_id)
}

/// Somebody who was never here.
async fn newcomer(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    person: &Person,
    own: Option<&Structure>,
    open_accounts: bool,
) -> std::result::Result<i64, Rejection> {
    let email = person.email.as_deref().and_then(|email| text::email(email, &[]).ok());
    let email = email.ok_or(Denial::PersonUnknown)?.to_lowercase();
    let account = match accounts::even_closed_by_email(conn, &email).await? {
        Some(account) => namesake(conn, account, own).await?,
        None => match own.filter(|own| open_accounts && is_open(app, own)) {
            Some(own) => {
                let name = person.name.as_deref();
                let name = name.and_then(|name| text::required(name, 100, false, &[]).ok());
                let name = name.as_deref().unwrap_or(&email);
                accounts::open_agent(conn, app, caller, &email, name, own.id).await?
            }
            None => return Err(Denial::PersonUnknown.into()),
        },
    };
    let now = app.clock.now();
    if !store::link(conn, account, &person.issuer, &person.subject, now).await? {
        // To the same person, who came in at the same moment, or to somebody else.
        return match store::account_of(conn, &person.issuer, &person.subject).await? {
            Some(linked) if linked == account => Ok(account),
            _ => Err(Denial::OtherIdentity.into()),
        };
    }
    let subject = format!("account:{account}");
    audit::record(conn, now, caller, "identity.link", &subject, own.map(|own| own.id)).await?;
    Ok(account)
}

/// The account with the newcomer's address.
async fn namesake(
    conn: &mut Conn,
    account: Account,
    own: Option<&Structure>,
) -> std::result::Result<i64, Rejection> {
    if account.disabled_at.is_some() {
        return Err(Denial::AccountClosed.into());
    }
    let roles = accounts::roles(conn, account.id).await?;
    may_link(own.map(|own| own.path.as_slice()), &roles, &places(conn, &roles).await?)?;
    Ok(account.id)
}

/// Where roles are held, each place with its ancestors.
async fn places(conn: &mut Conn, roles: &[AccountRole]) -> Result<Vec<Vec<i64>>> {
    let ids: Vec<i64> = roles.iter().filter_map(|role| role.structure_id).collect();
    let structures = structure::service::find_all(conn, &ids).await?;
    Ok(structures.into_iter().map(|structure| structure.path).collect())
}

fn is_open(app: &App, structure: &Structure) -> bool {
    structure.closed_on.is_none_or(|day| app.clock.today() < day)
}

/// Opens the session of somebody who came back, for the front end that brings the code.
///
/// # Errors
/// `LOGIN_CODE_INVALID` when the code is unknown, was used, or is older than a minute, or the account was closed.
pub async fn exchange(app: &App, caller: &Caller, code: &Secret) -> Result<OpenedSession> {
    caller.actor.scope(Action::TakePart)?;
    let invalid = || {
        Refusal::at(
            Code::LoginCodeInvalid,
            "Ce code de connexion a expiré ou a déjà servi : recommencez la connexion.",
            &["code"],
        )
    };
    if code.len() > SECRET_BYTES {
        return Err(invalid().into());
    }
    let (hash, now) = (code.digest(), app.clock.now());
    let mut conn = app.pool.get().await?;
    throttle::tokens(&mut conn, app, caller).await?;
    let opened = conn.transaction(async |conn| {
        let handover = store::take_handover(conn, hash).await?;
        let handover = handover.filter(|left| is_good(left.created_at, HANDOVER_LIFE, now));
        let handover = handover.ok_or_else(invalid)?;
        let account = accounts::even_closed(conn, handover.account_id).await?;
        let account = account.filter(|account| account.disabled_at.is_none());
        let account = account.ok_or_else(invalid)?;
        let logout_url = handover.logout_url.as_deref();
        accounts::open_session(conn, app, caller, account, logout_url).await
    });
    let opened = opened.await;
    if matches!(opened, Err(Error::Refused(_))) {
        throttle::wrong_token(&mut conn, app, caller).await?;
    }
    opened
}
