//! Who is at the operators' page: a session of the API, carried by a cookie that only this page reads.

use poem::http::{HeaderValue, StatusCode};
use poem::web::Data;
use poem::{FromRequest, Request, RequestBody, Response, handler};
use schema::foundation::actor::Caller;
use schema::foundation::error::{Error, Result};
use schema::foundation::policy::{Action, Scope};
use schema::foundation::secret::Secret;
use schema::reference::account::service;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::html;
use crate::authentication;
use crate::page::{Sent, escape, unread};
use crate::routes::Door;

const COOKIE: &str = "spp_operations";

/// An operator who is logged in.
pub(super) struct Operator {
    /// For the use cases that change something.
    pub(super) caller: Caller,
    /// For those that read.
    pub(super) scope: Scope,
    /// Goes into every form, and must come back with it.
    pub(super) seal: Secret,
}

impl<'a> FromRequest<'a> for Operator {
    /// The operator behind a request, or the page to answer instead: the log-in, or why not.
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let Data(door) = Data::<&Door>::from_request(request, body).await?;
        let Some(token) = cookie(request) else {
            return Err(poem::Error::from_response(log_in(StatusCode::UNAUTHORIZED, None)));
        };
        let caller = authentication::anonymous(door, request);
        recognised(door, caller, &token).await.map_err(|error| {
            poem::Error::from_response(match error {
                Error::Unauthenticated => log_in(
                    StatusCode::UNAUTHORIZED,
                    Some("Votre session est terminée : connectez-vous à nouveau."),
                ),
                error => html::failed(error, request),
            })
        })
    }
}

/// A form that changes something, and the operator who sent it: another site cannot have.
pub(super) struct Sealed<T> {
    pub(super) operator: Operator,
    pub(super) form: T,
}

/// What every such form sends.
#[derive(Deserialize)]
struct SealedForm<T> {
    seal: Secret,
    #[serde(flatten)]
    form: T,
}

impl<'a, T: DeserializeOwned> FromRequest<'a> for Sealed<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let operator = Operator::from_request(request, body).await?;
        let Data(door) = Data::<&Door>::from_request(request, body).await?;
        let refused = |status, why| poem::Error::from_response(html::refused(status, why));
        let sent = Sent::<SealedForm<T>>::from_request(request, body).await;
        let Sent(sent) = sent.map_err(|error| {
            refused(unread(&error), "Ce formulaire est incomplet : rechargez la page.")
        })?;
        if !from_here(door, request) || !sent.seal.matches(&operator.seal) {
            return Err(refused(
                StatusCode::FORBIDDEN,
                "Ce formulaire ne vient pas de cette page : rechargez-la.",
            ));
        }
        Ok(Self { operator, form: sent.form })
    }
}

async fn recognised(door: &Door, caller: Caller, token: &Secret) -> Result<Operator> {
    let found = authentication::of_token(&door.app, caller, token).await?;
    let scope = found.caller.actor.scope(Action::ReadOperations)?;
    Ok(Operator { caller: found.caller, scope, seal: seal(token) })
}

/// Known only to whoever holds the session's token, and of no use to find it.
fn seal(token: &Secret) -> Secret {
    let mut hash = Sha256::new();
    hash.update(b"operations form ");
    hash.update(token.expose());
    Secret::new(format!("{:x}", hash.finalize()))
}

/// Whether the browser says that the request comes from this site. Old ones say nothing, or only the other site's name:
/// « null » is what they say of our own pages, which send no referrer, and of a hostile one that sends none either. The
/// seal holds that back from every form but the log-in, which has nothing to take.
fn from_here(door: &Door, request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name);
    match header("sec-fetch-site").and_then(|site| site.to_str().ok()) {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => door.origins.allow(header("origin").filter(|origin| *origin != "null")),
    }
}

fn cookie(request: &Request) -> Option<Secret> {
    let all = request.headers().get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .find_map(|one| Some(Secret::new(one.trim().strip_prefix(COOKIE)?.strip_prefix('=')?)))
}

/// What the log-in sends.
#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: Secret,
}

/// Logs in.
#[handler]
pub(super) async fn open(
    Data(door): Data<&Door>,
    request: &Request,
    sent: poem::Result<Sent<Credentials>>,
) -> Response {
    let Sent(given) = match sent {
        Ok(sent) => sent,
        Err(error) => {
            return log_in(unread(&error), Some("Donnez une adresse et un mot de passe."));
        }
    };
    if !from_here(door, request) {
        return html::refused(StatusCode::FORBIDDEN, "Ce formulaire ne vient pas de cette page.");
    }
    let caller = authentication::anonymous(door, request);
    let opened = match service::log_in(&door.app, &caller, &given.email, &given.password).await {
        Ok(opened) => opened,
        Err(Error::Refused(refusals)) => {
            let why = refusals.first().map_or("", |refusal| refusal.message.as_str());
            return log_in(StatusCode::UNPROCESSABLE_ENTITY, Some(why));
        }
        Err(error) => return html::failed(error, request),
    };
    if let Err(error) = recognised(door, caller.clone(), &opened.token).await {
        // A session that is of no use here is not left open.
        if let Ok(found) = authentication::of_token(&door.app, caller, &opened.token).await
            && let Err(error) = service::log_out(&door.app, &found.caller).await
        {
            tracing::warn!(%error, "session not ended");
        }
        return match error {
            Error::Forbidden => {
                log_in(StatusCode::FORBIDDEN, Some("Ce compte n'a pas le rôle d'exploitant."))
            }
            error => html::failed(error, request),
        };
    }
    let life = (opened.expires_at - door.app.clock.now()).num_seconds();
    bake(html::see("/operations"), door, &format!("{}; Max-Age={life}", opened.token.expose()))
}

/// A form of one button.
#[derive(Deserialize)]
struct Nothing {}

/// Logs out.
#[handler]
pub(super) async fn close(
    Data(door): Data<&Door>,
    Sealed { operator, .. }: Sealed<Nothing>,
    request: &Request,
) -> Response {
    match service::log_out(&door.app, &operator.caller).await {
        Ok(_) => bake(html::see("/operations"), door, "; Max-Age=0"),
        Err(error) => html::failed(error, request),
    }
}

fn bake(mut response: Response, door: &Door, value: &str) -> Response {
    let secure = if door.app.settings.public_url.starts_with("https:") { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/operations; HttpOnly; SameSite=Strict{secure}");
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().insert("set-cookie", value);
    }
    response
}

fn log_in(status: StatusCode, why: Option<&str>) -> Response {
    let why = why.map(|why| format!("<p role=\"alert\" class=\"alert\">{}</p>\n", escape(why)));
    let content = format!(
        "{}<form method=\"post\" action=\"/operations/login\" class=\"column\">\
         <label for=\"email\">Adresse électronique</label>\
         <input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"username\" required>\
         <label for=\"password\">Mot de passe</label>\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\
         <button>Se connecter</button></form>",
        why.unwrap_or_default()
    );
    html::bare(status, "Exploitation", &content)
}
