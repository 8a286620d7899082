//! Who is calling: from the bearer token to an actor.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use chrono::{DateTime, Utc};
use poem::Request;
use poem::http::HeaderMap;
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
    let peer = || request.remote_addr().as_socket_addr().map(|address| address.ip());
    let forwarded = door.trust_forwarded.then(|| forwarded(request.headers())).flatten();
    let place = forwarded.or_else(peer).map(place).unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(&*door.secret);
    hash.update(place);
    format!("{:x}", hash.finalize())[..16].to_owned()
}

/// The address that our own proxy wrote: the last of the last line, because some proxies add to the client's line and
/// some add one of their own. What stands before is the client's word.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last = line.rsplit(',').next()?.trim();
    // Some write a port, too, and brackets around an IPv6 address.
    let alone = last.trim_start_matches('[').trim_end_matches(']');
    alone.parse().ok().or_else(|| Some(last.parse::<SocketAddr>().ok()?.ip()))
}

/// What counts as one place: an IPv4 address, or the network that one customer has of IPv6, 64 bits of it.
fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxys_word_counts_and_not_the_clients() {
        for (lines, read) in [
            (&["203.0.113.7"][..], Some("203.0.113.7")),
            (&["198.51.100.1, 203.0.113.7"], Some("203.0.113.7")),
            (&["198.51.100.1", "203.0.113.7"], Some("203.0.113.7")),
            (&["203.0.113.7:4711"], Some("203.0.113.7")),
            (&["2001:db8::7"], Some("2001:db8::7")),
            (&["[2001:db8::7]:4711"], Some("2001:db8::7")),
            (&["[2001:db8::7]"], Some("2001:db8::7")),
            (&["203.0.113.7, unknown"], None),
            (&["203.0.113.7", ""], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().expect("a header"));
            }
            assert_eq!(
                forwarded(&headers),
                read.map(|text| text.parse().expect("an address")),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn whoever_has_a_network_is_one_place() {
        let of = |text: &str| place(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
    }
}
