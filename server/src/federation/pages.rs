//! The addresses of the log-in: away to the provider, back from it, and the page after a log-out. Whatever goes wrong is
//! told on a page in French, with a code and the request's reference, and leaves nothing behind.

use poem::http::{HeaderValue, StatusCode};
use poem::web::{Data, Query};
use poem::{Request, Response, handler};
use schema::foundation::secret::Secret;
use schema::reference::federation::{Denial, service};
use serde::Deserialize;

use super::fault::Fault;
use super::provider::Federation;
use crate::authentication;
use crate::page::{escape, render};
use crate::routes::Door;

/// Binds a log-in to the browser that began it.
const COOKIE: &str = "spp_connexion";
/// As long as the log-in itself.
const COOKIE_SECONDS: i64 = 600;

/// What a front end sends somebody with.
#[derive(Deserialize)]
struct Asked {
    retour: String,
}

/// What the provider sends somebody back with.
#[derive(Deserialize)]
struct Brought {
    code: Option<Secret>,
    state: Option<Secret>,
    iss: Option<String>,
    error: Option<String>,
}

/// Sends somebody to the provider.
#[handler]
pub(super) async fn leave(
    Data(door): Data<&Door>,
    request: &Request,
    asked: poem::Result<Query<Asked>>,
) -> Response {
    let Some(federation) = door.federation.as_deref() else { return absent() };
    let allowed = asked.ok().and_then(|Query(asked)| federation.settings.allowed(&asked.retour));
    let Some(return_to) = allowed else {
        return page(
            StatusCode::BAD_REQUEST,
            "LOGIN_RETURN_UNKNOWN",
            "L'adresse où revenir après la connexion manque ou n'est pas permise. Revenez à la page de connexion du site et recommencez.",
            request,
        );
    };
    match sent(door, federation, return_to.as_str()).await {
        Ok((address, browser)) => {
            bake(see(&address), door, &format!("{}; Max-Age={COOKIE_SECONDS}", browser.expose()))
        }
        Err(fault) => failed(fault, request),
    }
}

async fn sent(
    door: &Door,
    federation: &Federation,
    return_to: &str,
) -> Result<(String, Secret), Fault> {
    let clock = &door.app.clock;
    federation.ready(clock).await?;
    let departure = service::begin(&door.app, return_to).await?;
    let browser = departure.browser.clone();
    let address = federation.destination(clock, departure).await?;
    Ok((address.into(), browser))
}

/// Takes somebody back from the provider, and hands the browser to the front end with a code that is good once.
#[handler]
pub(super) async fn come_back(
    Data(door): Data<&Door>,
    request: &Request,
    brought: poem::Result<Query<Brought>>,
) -> Response {
    let Some(federation) = door.federation.as_deref() else { return absent() };
    let outcome = match brought {
        Ok(Query(brought)) => received(door, federation, request, brought).await,
        Err(_) => Err(Denial::AttemptUnknown.into()),
    };
    match outcome {
        Ok(address) => bake(see(&address), door, "; Max-Age=0"),
        Err(fault) => failed(fault, request),
    }
}

async fn received(
    door: &Door,
    federation: &Federation,
    request: &Request,
    brought: Brought,
) -> Result<String, Fault> {
    let (Some(state), Some(browser)) = (brought.state, cookie(request)) else {
        return Err(Denial::AttemptUnknown.into());
    };
    // From here on the attempt is over, however it ends.
    let attempt = service::resume(&door.app, &state, &browser).await?;
    if brought.iss.is_some_and(|issuer| issuer != federation.settings.issuer) {
        return Err(Fault::of("authorization", "an answer of another issuer"));
    }
    match brought.error.as_deref() {
        None => {}
        Some("access_denied") => return Err(Denial::GivenUp.into()),
        // The text is anybody's: only so much of it as a code may have goes to the log.
        Some(error) => {
            let code: String = error.chars().filter(char::is_ascii_graphic).take(40).collect();
            return Err(Fault::of("authorization", code));
        }
    }
    let code = brought.code.filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| Fault::of("authorization", "no code"))?;
    let person = federation.person(&door.app.clock, code, &attempt).await?;
    let caller = authentication::anonymous(door, request);
    let open_accounts = federation.settings.open_accounts;
    let code = service::admit(&door.app, &caller, &person, open_accounts).await?;
    // It was allowed when the person left, and operators may have changed their minds since.
    let mut address = federation
        .settings
        .allowed(&attempt.return_to)
        .ok_or(Fault::Denied(Denial::AttemptUnknown))?;
    address.query_pairs_mut().append_pair("code", code.expose());
    Ok(address.into())
}

/// The page after a log-out at the provider. It does nothing, so nothing that comes with it is looked at.
#[handler]
pub(super) async fn logged_out() -> Response {
    let text = "<p role=\"status\">Vous êtes déconnecté(e). Vous pouvez fermer cette page.</p>";
    render(StatusCode::OK, "Déconnexion", text)
}

fn see(address: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header("location", address).finish()
}

fn cookie(request: &Request) -> Option<Secret> {
    let all = request.headers().get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .find_map(|one| Some(Secret::new(one.trim().strip_prefix(COOKIE)?.strip_prefix('=')?)))
        .filter(|value| !value.is_empty())
}

/// The provider's redirect comes from another site, and a stricter cookie would stay behind.
fn bake(mut response: Response, door: &Door, value: &str) -> Response {
    let secure = if door.app.settings.public_url.starts_with("https:") { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/connexion; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().insert("set-cookie", value);
    }
    response
}

/// The page about a log-in that came to nothing; what went wrong at the provider goes to the log only.
fn failed(fault: Fault, request: &Request) -> Response {
    let request_id = authentication::request_id(request);
    match fault {
        Fault::Denied(denial) => {
            tracing::info!(request_id, code = denial.code(), "log-in through the provider denied");
            page(StatusCode::FORBIDDEN, denial.code(), denial.message(), request)
        }
        Fault::Provider(reason) => {
            tracing::warn!(request_id, reason, "the identity provider failed");
            page(
                StatusCode::BAD_GATEWAY,
                "LOGIN_PROVIDER_FAILED",
                "Le service d'identité n'a pas répondu comme prévu. Réessayez dans un moment ; si cela continue, prévenez les exploitants avec la référence ci-dessous.",
                request,
            )
        }
        Fault::Failed(error) => {
            let told = error.into_graphql(&request_id).message;
            page(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", &told, request)
        }
    }
}

fn page(status: StatusCode, code: &str, message: &str, request: &Request) -> Response {
    let content = format!(
        "<p role=\"alert\">{}</p>\n<dl><dt>Code</dt><dd>{}</dd>\n<dt>Référence à communiquer</dt><dd>{}</dd></dl>",
        escape(message),
        escape(code),
        escape(&authentication::request_id(request)),
    );
    render(status, "La connexion n'a pas abouti", &content)
}

/// The routes are there only with a provider.
fn absent() -> Response {
    StatusCode::NOT_FOUND.into()
}
