//! Who is calling: from the bearer token to an actor.

use std::time::Duration;

use chrono::{DateTime, Utc};
use poem::Request;
use schema::foundation::actor::{Actor, Caller};
use schema::foundation::app::App;
use schema::foundation::error::Error;
use schema::foundation::secret::Secret;
use schema::reference::{account, api_token};
use sha2::{Digest, Sha256};

use crate::routes::Door;

/// Longest bearer token looked up, in bytes; ours have 43, and those of programs 47.
const TOKEN_BYTES: usize = 256;

/// Somebody who was recognised, until when.
#[derive(Debug, Clone)]
pub struct Recognised {
    /// The caller.
    pub caller: Caller,
    /// When the token expires, UTC; none for the public.
    pub until: Option<DateTime<Utc>>,
}

impl Recognised {
    /// How long the token still lives, looked at again after an hour; `None` for the public.
    pub fn time_left(&self, app: &App) -> Option<Duration> {
        let left = (self.until? - app.clock.now()).to_std().unwrap_or(Duration::ZERO);
        Some(left.min(Duration::from_secs(3600)))
    }

    /// Whether the token holds: its session may have been ended elsewhere, or the API token revoked. An outage ends
    /// nothing.
    pub async fn still_holds(&self, app: &App) -> bool {
        let held = account::service::refresh(app, &self.caller.actor).await;
        !matches!(held, Err(Error::Unauthenticated))
    }
}

/// The caller of an HTTP request. Without a token it is the public; a wrong token is refused, because
/// a client that sends one believes it is logged in.
///
/// # Errors
/// [`Error::Unauthenticated`] for a token that is not (any more) good.
pub async fn of_request(door: &Door, request: &Request) -> Result<Recognised, Error> {
    let caller = anonymous(door, request);
    let Some(header) = request.headers().get("authorization") else {
        return Ok(Recognised { caller, until: None });
    };
    let text = header.to_str().map_err(|_| Error::Unauthenticated)?;
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Secret::new(token.trim()),
        _ => return Err(Error::Unauthenticated),
    };
    of_token(&door.app, caller, &token).await
}

/// The marks of a request, before anybody is recognised.
pub fn anonymous(door: &Door, request: &Request) -> Caller {
    let origin = origin(request, door);
    let trace = request.headers().get("traceparent").and_then(|trace| trace.to_str().ok());
    let trace = trace.map(str::to_owned);
    Caller { request_id: request_id(request), origin, trace, ..Caller::default() }
}

/// The caller behind a token, keeping the request's own marks.
///
/// # Errors
/// As [`of_request`].
pub async fn of_token(app: &App, caller: Caller, token: &Secret) -> Result<Recognised, Error> {
    if token.is_empty() || token.len() > TOKEN_BYTES {
        return Err(Error::Unauthenticated);
    }
    let (actor, until): (Actor, _) = if api_token::rules::is_token(token) {
        api_token::service::authenticate(app, token).await?
    } else {
        account::service::authenticate(app, token).await?
    };
    Ok(Recognised { caller: Caller { actor, ..caller }, until: Some(until) })
}

/// The client's own request id when it is short and plain, else a new one.
pub fn request_id(request: &Request) -> String {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let given = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).filter(plain);
    given.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}

/// A mark that tells callers apart without keeping their address: hashed with the secret of this installation, so
/// that every server makes the same.
fn origin(request: &Request, door: &Door) -> String {
    // The last entry is the one our own proxy wrote; those before it are the client's word.
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .filter(|_| door.trust_forwarded)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .map(|address| address.trim().to_owned());
    let address = forwarded
        .or_else(|| request.remote_addr().as_socket_addr().map(|address| address.ip().to_string()));
    let mut hash = Sha256::new();
    hash.update(&*door.secret);
    hash.update(address.unwrap_or_default());
    format!("{:x}", hash.finalize())[..16].to_owned()
}
