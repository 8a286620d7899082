//! Plain pages for people: what e-mails link to. A front end that has better sets `SPP_PUBLIC_URL` to its own
//! address.

use poem::error::BadRequest;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody, Response};
use schema::foundation::error::Error;
use serde::de::DeserializeOwned;

use crate::authentication::request_id;
use crate::routes::Door;

/// Looks that need no other file: readable on a telephone, and with large targets.
const STYLE: &str = "body{margin:0;font:1.125rem/1.5 Arial,Helvetica,sans-serif;color:#161616;background:#fff}\
main{max-width:40rem;margin:0 auto;padding:1rem}dt{font-weight:bold}dd{margin:0 0 .5rem}\
button{font:inherit;padding:.75rem 1.5rem;border:0;background:#000091;color:#fff;cursor:pointer}\
button.second{background:#fff;color:#000091;box-shadow:inset 0 0 0 2px #000091}\
form{display:flex;flex-wrap:wrap;gap:1rem}:focus-visible{outline:3px solid #0a76f6;outline-offset:3px}";

/// What tables and forms of the operators' pages need beside it.
const WIDE: &str = "h1{overflow-wrap:anywhere}main{max-width:90rem}form{align-items:end}form.column{flex-direction:column;align-items:start}\
nav{display:flex;flex-wrap:wrap;gap:1.5rem;align-items:center;margin-bottom:1rem}a{color:#000091}\
input,select{font:inherit;max-width:100%;padding:.4rem;border:1px solid #3a3a3a}.scroll{overflow-x:auto}\
table{border-collapse:collapse}th,td{border:1px solid #929292;padding:.4rem .6rem;text-align:left;vertical-align:top}\
thead th{background:#eee}td form{gap:.5rem}td button,nav button{padding:.4rem .8rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dd{margin:0;overflow-wrap:anywhere;min-width:0}\
pre{margin:0;background:#f6f6f6;padding:.6rem;overflow-x:auto}.alert{border-left:4px solid #ce0500;padding-left:1rem}\
@media(max-width:40rem){table,tbody,tr,tbody th,td{display:block}tr{margin-bottom:1rem}tbody th{background:#eee}\
th,td{overflow-wrap:anywhere}td{border-top:0}td::before{content:attr(data-label);display:block;font-weight:bold}\
thead{position:absolute;width:1px;height:1px;overflow:hidden;white-space:nowrap;clip-path:inset(50%)}}";

/// Longest form read, in bytes (ours): a reason has 500 characters.
const FORM_BYTES: usize = 64 * 1024;

/// A form as a browser sends it.
pub(crate) struct Sent<T>(pub(crate) T);

impl<'a, T: DeserializeOwned> FromRequest<'a> for Sent<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let kind = request.content_type().unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into());
        }
        let Data(door) = Data::<&Door>::from_request(request, body).await?;
        let read = door.bodies.read(body.take()?, FORM_BYTES, None).await;
        let form = read.map_err(|unread| unread.problem().status)?;
        // A null character, which PostgreSQL cannot be asked about.
        if form.bytes.windows(3).any(|three| three == b"%00") || form.bytes.contains(&0) {
            return Err(StatusCode::BAD_REQUEST.into());
        }
        serde_urlencoded::from_bytes(&form.bytes).map(Self).map_err(BadRequest)
    }
}

/// The status of a page about a form that could not be read.
pub(crate) fn unread(error: &poem::Error) -> StatusCode {
    match error.status() {
        StatusCode::REQUEST_TIMEOUT => StatusCode::REQUEST_TIMEOUT,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The page about a bug or an outage of ours, with the API's words and the reference to quote; the cause goes to the
/// log under it. `what` says what did not happen, and what to do.
pub(crate) fn failed(error: Error, request: &Request, what: &str) -> Response {
    let told = error.into_graphql(&request_id(request)).message;
    let content = format!("<p role=\"alert\">{}</p>\n<p>{}</p>", escape(&told), escape(what));
    render(StatusCode::INTERNAL_SERVER_ERROR, "Une erreur est survenue", &content)
}

/// A whole page. The content is HTML; whatever people wrote in it must be escaped.
pub(crate) fn render(status: StatusCode, title: &str, content: &str) -> Response {
    styled(status, title, content, STYLE)
}

/// A whole page with room for tables.
pub(crate) fn render_wide(status: StatusCode, title: &str, content: &str) -> Response {
    styled(status, title, content, &format!("{STYLE}{WIDE}"))
}

fn styled(status: StatusCode, title: &str, content: &str, style: &str) -> Response {
    let title = escape(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\">\
         <title>{title} — Services Publics +</title><style>{style}</style></head>\n\
         <body><main><h1>{title}</h1>\n{content}\n</main></body>\n</html>\n"
    );
    Response::builder()
        .status(status)
        .content_type("text/html; charset=utf-8")
        .header(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        )
        .header("referrer-policy", "no-referrer")
        .header("cache-control", "no-store")
        .body(page)
}

/// A text as HTML shows it, whatever is in it.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
