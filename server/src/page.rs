//! Plain pages for people: what e-mails link to. A front end that has better sets `SPP_PUBLIC_URL` to its own
//! address.

use poem::Response;
use poem::http::StatusCode;

/// Looks that need no other file: readable on a telephone, and with large targets.
const STYLE: &str = "body{margin:0;font:1.125rem/1.5 Arial,Helvetica,sans-serif;color:#161616;background:#fff}\
main{max-width:40rem;margin:0 auto;padding:1rem}dt{font-weight:bold}dd{margin:0 0 .5rem}\
button{font:inherit;padding:.75rem 1.5rem;border:0;background:#000091;color:#fff;cursor:pointer}\
button.second{background:#fff;color:#000091;box-shadow:inset 0 0 0 2px #000091}\
form{display:flex;flex-wrap:wrap;gap:1rem}button:focus-visible{outline:3px solid #0a76f6;outline-offset:3px}";

/// A whole page. The content is HTML; whatever people wrote in it must be escaped.
pub(crate) fn render(status: StatusCode, title: &str, content: &str) -> Response {
    let title = escape(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"fr\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\">\
         <title>{title} — Services Publics +</title><style>{STYLE}</style></head>\n\
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
