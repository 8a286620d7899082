//! GraphiQL at `/`. Its assets are embedded when they were installed before the build; otherwise the
//! page takes the same versions from the web.

use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use crate::problem::Problem;

/// The page, with places for the addresses of its assets.
const PAGE: &str = include_str!("../graphiql/index.html");

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The page.
#[handler]
pub(crate) fn page() -> Response {
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let mut page = PAGE.replace("{{NONCE}}", &nonce);
    for asset in ASSETS {
        let address = if asset.content.is_some() {
            format!("/graphiql/{}", asset.file)
        } else {
            asset.web.to_owned()
        };
        page = page.replace(asset.place, &address);
    }
    // People type passwords and tokens into this page: nothing runs in it, and nothing is asked from it, but
    // what carries this answer's nonce and what comes from this address.
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; \
         font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header("content-security-policy", policy)
        .header("cache-control", "no-store")
        .body(page)
}

/// One asset.
#[handler]
pub(crate) fn file(Path(name): Path<String>) -> Response {
    let found = ASSETS
        .iter()
        .find(|asset| asset.file == name)
        .and_then(|asset| asset.content.map(|c| (asset, c)));
    match found {
        Some((asset, content)) => Response::builder()
            .content_type(asset.media)
            .header("cache-control", "public, max-age=86400")
            .body(content),
        None => Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Adresse inconnue.")
            .respond("application/json; charset=utf-8"),
    }
}

/// An asset of the page.
struct Asset {
    /// Name under `/graphiql/`.
    file: &'static str,
    /// Where the page names it.
    place: &'static str,
    /// Media type.
    media: &'static str,
    /// The same version on the web.
    web: &'static str,
    /// The bytes, when they were there at build time.
    content: Option<&'static [u8]>,
}
