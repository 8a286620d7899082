//! Making tokens, ending them, and recognising who shows one.

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncConnection;

use super::error::Error as Fault;
use super::model::{
    ApiToken, ApiTokenAccess, ApiTokenFilter, ApiTokenState, Creation, Issued, NewApiToken,
};
use super::{rules, store};
use crate::foundation::actor::{Actor, Caller, Limit};
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::{Error, Refuse, Result};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Scope};
use crate::foundation::secret::Secret;
use crate::foundation::{audit, chance, text};
use crate::reference::{account, structure};

/// The actor behind a token and when the token expires (UTC).
///
/// # Errors
/// [`Error::Unauthenticated`] when it is unknown, expired or revoked, its owner's account is closed, or its owner
/// could not make it any more.
pub async fn authenticate(app: &App, token: &Secret) -> Result<(Actor, DateTime<Utc>)> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let found = store::accepted_by_hash(&mut conn, token.digest(), now).await?;
    let row = found.ok_or(Error::Unauthenticated)?;
    let actor = used(&mut conn, &row, now).await?;
    Ok((actor, row.expires_at))
}

/// A token's rights as they are now, for subscriptions that live long.
///
/// # Errors
/// As [`authenticate`].
pub async fn refresh(app: &App, id: i64) -> Result<Actor> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let found = store::accepted_by_id(&mut conn, id, now).await?;
    used(&mut conn, &found.ok_or(Error::Unauthenticated)?, now).await
}

/// Lets a token act, and writes its use down, once a minute.
async fn used(conn: &mut Conn, row: &ApiToken, now: DateTime<Utc>) -> Result<Actor> {
    let actor = acting(conn, row).await?.ok_or(Error::Unauthenticated)?;
    if rules::is_noted(row.last_used_at, now) {
        store::touch(conn, row.id, now, now - rules::USE_NOTED_EVERY).await?;
    }
    Ok(actor)
}

/// The actor of a token, with the rights that its owner has at this moment; `None` when the owner could not make it
/// any more.
async fn acting(conn: &mut Conn, row: &ApiToken) -> Result<Option<Actor>> {
    let held = account::service::grants(conn, row.account_id).await?;
    let mut places: Vec<i64> = held.iter().filter_map(|grant| grant.structure_id).collect();
    places.push(row.structure_id);
    let paths = structure::service::paths(conn, &places).await?;
    let grants = rules::narrowed(held, row.structure_id, &paths);
    if !rules::is_kept(&grants, row.structure_id) {
        return Ok(None);
    }
    let limit = Limit { token_id: row.id, root: row.structure_id, write: row.access.writes() };
    Ok(Some(Actor::token(row.account_id, limit, grants)))
}

/// Makes a token for the caller.
///
/// # Errors
/// Every fault of the input at once, as refusals; [`Error::NotFound`] for a structure out of reach.
pub async fn create(app: &App, caller: &Caller, input: Creation) -> Result<Issued> {
    let owner = owner(caller)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let mut faults = Vec::new();
        let place = match structure::service::resolve(conn, &input.structure).await {
            Ok(place) => {
                caller.actor.authorise(Action::ManageApiTokens, &place.path)?;
                Some(place)
            }
            Err(Error::Refused(refusals)) => {
                faults.extend(refusals);
                None
            }
            Err(other) => return Err(other),
        };
        let name = text::required(&input.name, rules::NAME_LENGTH, false, &["name"]);
        let expires_at = rules::expiry(input.expires_on, app.clock.today());
        let (place, name, expires_at) = match (place, name, expires_at) {
            (Some(place), Ok(name), Ok(expires_at)) => (place, name, expires_at),
            (_, name, expires_at) => {
                faults.extend(name.err());
                faults.extend(expires_at.err().map(|fault| fault.refusal()));
                return Err(Error::Refused(faults));
            }
        };
        let plan = Plan {
            owner,
            name: &name,
            access: input.access,
            structure_id: place.id,
            expires_at,
            renewed_from: None,
        };
        issue(conn, now, caller, &plan).await
    })
    .await
}

/// Makes a token with the settings of another, which goes on for a week at most. The new one is the caller's: nobody
/// gets a secret that acts with the rights of somebody else. One that has expired can be renewed, too.
///
/// # Errors
/// `TOKEN_STATE` for one that is revoked or was renewed, `TOKEN_EXPIRY`; [`Error::NotFound`] for one out of reach.
pub async fn renew(
    app: &App,
    caller: &Caller,
    id: i64,
    expires_on: Option<NaiveDate>,
) -> Result<Issued> {
    let owner = owner(caller)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let old = lock(conn, caller, id).await?;
        if old.revoked_at.is_some() {
            return Err(Fault::Revoked.into());
        }
        if store::is_renewed(conn, old.id).await? {
            return Err(Fault::Renewed.into());
        }
        let plan = Plan {
            owner,
            name: &old.name,
            access: old.access,
            structure_id: old.structure_id,
            expires_at: rules::expiry(expires_on, app.clock.today())?,
            renewed_from: Some(old.id),
        };
        store::shorten(conn, old.id, now + rules::OVERLAP).await?;
        record(conn, now, caller, "api_token.renew", &old).await?;
        issue(conn, now, caller, &plan).await
    })
    .await
}

/// Ends a token at once.
///
/// # Errors
/// `TOKEN_STATE` for one that has ended; [`Error::NotFound`] for one out of reach.
pub async fn revoke(app: &App, caller: &Caller, id: i64) -> Result<ApiToken> {
    caller.actor.scope(Action::ManageApiTokens)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let before = lock(conn, caller, id).await?;
        match rules::state(&before, now) {
            ApiTokenState::Active => {}
            ended => return Err(Fault::NotActive(ended).into()),
        }
        let row = store::revoke(conn, before.id, now).await?;
        record(conn, now, caller, "api_token.revoke", &row).await?;
        Ok(row)
    })
    .await
}

/// What is decided about a token before its secret is drawn.
struct Plan<'p> {
    owner: i64,
    name: &'p str,
    access: ApiTokenAccess,
    structure_id: i64,
    expires_at: DateTime<Utc>,
    renewed_from: Option<i64>,
}

/// Draws the secret of a token and keeps its hash.
async fn issue(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    plan: &Plan<'_>,
) -> Result<Issued> {
    let secret = chance::new_secret()?;
    let token = rules::token(&secret);
    let new = NewApiToken {
        account_id: plan.owner,
        name: plan.name,
        prefix: &rules::prefix(&secret),
        token_hash: token.digest(),
        access: plan.access,
        structure_id: plan.structure_id,
        created_at: now,
        expires_at: plan.expires_at,
        renewed_from: plan.renewed_from,
    };
    let row = store::insert(conn, &new).await?;
    record(conn, now, caller, "api_token.create", &row).await?;
    Ok(Issued { token, row })
}

/// The account that a new token will belong to.
fn owner(caller: &Caller) -> Result<i64> {
    caller.actor.scope(Action::ManageApiTokens)?;
    caller.actor.account_id().ok_or(Error::Unauthenticated)
}

/// The token, locked, if the caller may keep it; one of another structure is as if absent.
async fn lock(conn: &mut Conn, caller: &Caller, id: i64) -> Result<ApiToken> {
    let token = store::lock(conn, id).await?.ok_or(Error::NotFound)?;
    let place = structure::service::find(conn, token.structure_id).await?;
    let path = place.map(|place| place.path).unwrap_or_default();
    caller.actor.authorise(Action::ManageApiTokens, &path)?;
    Ok(token)
}

/// Writes the trail of a change.
async fn record(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    action: &str,
    token: &ApiToken,
) -> Result<()> {
    let subject = format!("api-token:{}", token.id);
    Ok(audit::record(conn, now, caller, action, &subject, Some(token.structure_id)).await?)
}

/// One page of the tokens in a scope of [`Action::ManageApiTokens`], newest first.
///
/// # Errors
/// [`Error::Forbidden`] for another scope.
pub async fn page(
    app: &App,
    scope: &Scope,
    filter: &ApiTokenFilter,
    page: &Page,
) -> Result<Slice<ApiToken>> {
    let scope = scope.of(Action::ManageApiTokens)?;
    let mut conn = app.pool.get().await?;
    let rows = store::page(&mut conn, scope, filter, app.clock.now(), page).await?;
    Ok(Slice::cut(page, rows))
}

/// How many tokens a filter keeps in a scope of [`Action::ManageApiTokens`].
///
/// # Errors
/// [`Error::Forbidden`] for another scope.
pub async fn count(app: &App, scope: &Scope, filter: &ApiTokenFilter) -> Result<i64> {
    let scope = scope.of(Action::ManageApiTokens)?;
    let mut conn = app.pool.get().await?;
    Ok(store::total(&mut conn, scope, filter, app.clock.now()).await?)
}

/// Those of these tokens that the caller may see, in no order.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::Forbidden`].
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<ApiToken>> {
    let scope = caller.actor.scope(Action::ManageApiTokens)?;
    let mut conn = app.pool.get().await?;
    Ok(store::by_ids(&mut conn, &scope, ids).await?)
}

/// A token whose owner is to hear that it will expire: it works, and the owner did not renew it. With whether somebody
/// else did. Nobody is asked for rights: a worker acts for the programme.
///
/// # Errors
/// Internal only.
pub async fn of_notice(
    conn: &mut Conn,
    id: i64,
    now: DateTime<Utc>,
) -> Result<Option<(ApiToken, bool)>> {
    let Some(row) = store::expiring_by_id(conn, id, now).await? else { return Ok(None) };
    if acting(conn, &row).await?.is_none() {
        return Ok(None);
    }
    let renewed = store::is_renewed(conn, row.id).await?;
    Ok(Some((row, renewed)))
}
