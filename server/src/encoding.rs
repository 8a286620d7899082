//! How bodies are packed: never on their way in, and on their way out as the client really wants it.

use poem::http::{HeaderMap, HeaderValue, StatusCode};

use crate::problem::Problem;
use crate::sse;

/// The codings of answers; of those that a client likes equally, the last one is used.
const CODINGS: &[&str] = &["identity", "deflate", "gzip", "br"];

/// Refuses a packed body. Forty kilobytes can unfold to forty megabytes: a limit in bytes means nothing then.
///
/// # Errors
/// 415, when the body is packed in any way.
pub(crate) fn unpacked(headers: &HeaderMap) -> Result<(), Problem> {
    let plain =
        |coding: &str| matches!(coding.trim().to_ascii_lowercase().as_str(), "" | "identity");
    let all_plain =
        |value: &HeaderValue| value.to_str().is_ok_and(|list| list.split(',').all(plain));
    if headers.get_all("content-encoding").iter().all(all_plain) {
        return Ok(());
    }
    let message = "Envoyez le corps tel quel, sans le compresser (Content-Encoding).";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_USER_INPUT", message))
}

/// Leaves of `Accept-Encoding` the one coding to use, or nothing: the compressor takes a coding that a client refuses
/// (`q=0`) for one that it accepts.
pub(crate) fn settle(headers: &mut HeaderMap) {
    // A compressor would hold events back until it has enough of them.
    let coding = if sse::wanted(headers) { None } else { preferred(headers) };
    match coding {
        Some(coding) => {
            headers.insert("accept-encoding", HeaderValue::from_static(coding));
        }
        None => {
            headers.remove("accept-encoding");
        }
    }
}

fn preferred(headers: &HeaderMap) -> Option<&'static str> {
    let values = headers.get_all("accept-encoding").iter().filter_map(|value| value.to_str().ok());
    let mut best: Option<(f32, usize)> = None;
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let Some(rank) = CODINGS.iter().position(|coding| coding.eq_ignore_ascii_case(name)) else {
            continue;
        };
        let quality = parts.find_map(quality).unwrap_or(1.0);
        if quality > 0.0 && best.is_none_or(|before| (quality, rank) > before) {
            best = Some((quality, rank));
        }
    }
    let (_, rank) = best?;
    CODINGS.get(rank).copied().filter(|coding| *coding != "identity")
}

/// The value of a parameter `q`; one that is no number refuses.
fn quality(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for &value in values {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn an_answer_is_packed_only_as_its_client_wants() {
        for (asked, expected) in [
            ("gzip", Some("gzip")),
            ("GZIP;q=0.1", Some("gzip")),
            ("gzip;q=0", None),
            ("gzip; q=0.000", None),
            ("gzip;q=x", None),
            ("gzip, deflate, br, zstd", Some("br")),
            ("br;q=0, gzip;q=0.5, deflate;q=0.7", Some("deflate")),
            ("gzip;q=0.5, br;q=0.5", Some("br")),
            ("identity;q=1, *;q=0", None),
            ("identity, gzip;q=0.5", None),
            ("identity;q=0.5, gzip", Some("gzip")),
            ("identity, gzip", Some("gzip")),
            ("*", None),
            ("zstd", None),
            ("", None),
        ] {
            let mut headers = headers("accept-encoding", &[asked]);
            settle(&mut headers);
            let left = headers.get("accept-encoding").and_then(|value| value.to_str().ok());
            assert_eq!(left, expected, "{asked}");
        }
        let mut several = headers("accept-encoding", &["deflate", "br;q=0.5, gzip"]);
        settle(&mut several);
        assert_eq!(several.get_all("accept-encoding").iter().collect::<Vec<_>>(), ["gzip"]);
        let mut events = headers("accept-encoding", &["gzip"]);
        events.insert("accept", HeaderValue::from_static("text/event-stream"));
        settle(&mut events);
        assert!(!events.contains_key("accept-encoding"), "events are not held back");
    }

    #[test]
    fn no_packed_body_is_taken() {
        assert!(unpacked(&HeaderMap::new()).is_ok());
        for plain in [&["identity"][..], &["Identity"], &[""], &["identity, identity"]] {
            assert!(unpacked(&headers("content-encoding", plain)).is_ok(), "{plain:?}");
        }
        for packed in [
            &["gzip"][..],
            &["identity", "br"],
            &["identity, deflate"],
            &["zstd"],
            &["x"],
            &["gzip, identity"],
        ] {
            let refused = unpacked(&headers("content-encoding", packed)).err();
            assert_eq!(refused.map(|problem| problem.status.as_u16()), Some(415), "{packed:?}");
        }
    }
}
