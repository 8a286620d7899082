//! What every request meets first, and what every answer gets last: an id, the headers that guard it, and, for what no
//! handler answered, the shape of all other answers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use poem::http::{HeaderValue, StatusCode, Uri};
use poem::{Endpoint, IntoResponse, Request, Response};
use schema::foundation::error::Error;

use crate::authentication::request_id;
use crate::encoding;
use crate::http::refused;
use crate::metrics::Metrics;
use crate::problem::Problem;

const JSON: &str = "application/json; charset=utf-8";

/// What every answer tells browsers: nothing here is to be guessed at, framed, or sent on.
const SAFE: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// Gives every request an id before anything else happens, and every answer too, refusals included.
pub(crate) async fn named(
    server: Arc<impl Endpoint<Output = Response>>,
    mut request: Request,
    metrics: Arc<Metrics>,
) -> poem::Result<Response> {
    let (started, path) = (Instant::now(), request.uri().path().to_owned());
    let id = request_id(&request);
    let header = HeaderValue::try_from(&id).map_err(poem::error::InternalServerError)?;
    request.headers_mut().insert("x-request-id", header.clone());
    encoding::settle(request.headers_mut());
    let fit = encoding::unpacked(request.headers()).and_then(|()| legible(request.uri()));
    let mut response = match fit {
        Ok(()) => answered(&*server, request, &id, &path).await,
        Err(problem) => problem.respond(JSON),
    };
    let status = response.status();
    metrics.answered(&path, status.as_u16(), started.elapsed());
    let headers = response.headers_mut();
    headers.insert("x-request-id", header);
    headers.append("vary", HeaderValue::from_static("accept-encoding"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert("www-authenticate", HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert("retry-after", HeaderValue::from_static("5"));
    }
    // Pages that say more of themselves keep it.
    for (name, value) in SAFE {
        headers.entry(*name).or_insert(HeaderValue::from_static(value));
    }
    Ok(response)
}

/// Refuses an address with a null character: nothing of ours has one, and PostgreSQL cannot be asked about it.
fn legible(uri: &Uri) -> Result<(), Problem> {
    let text = uri.path_and_query().map(|address| address.as_str()).unwrap_or_default();
    if text.contains("%00") {
        return Err(Problem::bad_request("Retirez le caractère nul (%00) de l'adresse."));
    }
    Ok(())
}

/// An answer, whatever happens on the way to it.
async fn answered(
    server: &impl Endpoint<Output = Response>,
    request: Request,
    request_id: &str,
    path: &str,
) -> Response {
    match AssertUnwindSafe(server.call(request)).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => stray(error, request_id, path),
        Err(_) => {
            failed(StatusCode::INTERNAL_SERVER_ERROR, "a request panicked".to_owned(), request_id)
        }
    }
}

/// Makes answers of errors, for what is to be written on every answer of an address.
pub(crate) async fn told<E: Endpoint>(
    endpoint: Arc<E>,
    request: Request,
) -> poem::Result<Response> {
    let (id, path) = (request_id(&request), request.uri().path().to_owned());
    Ok(match endpoint.call(request).await {
        Ok(answer) => answer.into_response(),
        Err(error) => stray(error, &id, &path),
    })
}

/// The answer to what no handler answered.
fn stray(error: poem::Error, request_id: &str, path: &str) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    let status = error.status();
    let (code, message) = match status {
        StatusCode::NOT_FOUND => ("NOT_FOUND", "Adresse inconnue."),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("BAD_USER_INPUT", "Cette adresse n'accepte pas cette méthode.")
        }
        // Handlers have words of their own: this is what a script of another site is told.
        StatusCode::FORBIDDEN => (
            "FORBIDDEN",
            "Un script de ce site ne peut pas appeler cette adresse, ou pas avec cette méthode et ces en-têtes.",
        ),
        _ if status.is_server_error() => return failed(status, error.to_string(), request_id),
        _ => ("BAD_USER_INPUT", "La requête est mal formée."),
    };
    let mut response = Problem::new(status, code, message).respond(JSON);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert("allow", HeaderValue::from_static(methods(path)));
    }
    response
}

/// What an address takes that refused a method. `/graphql` and the operators' pages say it themselves.
fn methods(path: &str) -> &'static str {
    if path.starts_with("/invitations/") { "GET, POST" } else { "GET" }
}

/// The answer to a bug or an outage of ours; the cause goes to the log.
fn failed(status: StatusCode, cause: String, request_id: &str) -> Response {
    let error = Error::Internal(anyhow::Error::msg(cause));
    Problem { status, ..refused(error, request_id) }.respond(JSON)
}

#[cfg(test)]
mod tests {
    use poem::endpoint::make_sync;

    use super::*;

    async fn read(response: Response) -> (u16, String) {
        let status = response.status().as_u16();
        (status, response.into_body().into_string().await.expect("a text"))
    }

    #[tokio::test]
    async fn a_bug_shows_its_reference_and_never_its_cause() {
        let panics = make_sync(|_: Request| -> Response { panic!("the cause") });
        let fails = make_sync(|_: Request| -> poem::Result<Response> {
            Err(poem::Error::from_string("the cause", StatusCode::BAD_GATEWAY))
        });
        let panicked = answered(&panics, Request::default(), "panne-7", "/").await;
        let failed = answered(&fails, Request::default(), "panne-7", "/").await;
        for (response, expected) in [(panicked, 500), (failed, 502)] {
            let (status, text) = read(response).await;
            assert_eq!(status, expected, "{text}");
            assert!(text.contains("Référence à communiquer : panne-7."), "{text}");
            assert!(text.contains("\"INTERNAL\"") && !text.contains("cause"), "{text}");
        }
    }

    #[tokio::test]
    async fn what_went_astray_is_told_what_is_wrong_with_it() {
        for (status, path, code, allow) in [
            (404, "/nothing", "NOT_FOUND", None),
            (405, "/healthz", "BAD_USER_INPUT", Some("GET")),
            (405, "/invitations/x", "BAD_USER_INPUT", Some("GET, POST")),
            (403, "/graphql", "FORBIDDEN", None),
            (400, "/graphql", "BAD_USER_INPUT", None),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let response = stray(status.into(), "panne-7", path);
            let allowed = response.headers().get("allow").and_then(|value| value.to_str().ok());
            assert_eq!(allowed, allow, "{path}");
            let (told, text) = read(response).await;
            assert_eq!(told, status.as_u16());
            assert!(text.contains(&format!("\"{code}\"")), "{text}");
        }
    }
}
