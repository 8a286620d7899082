//! The map of the server: every address it answers.

use std::sync::Arc;
use std::time::Instant;

use poem::endpoint::EndpointExt;
use poem::http::{HeaderValue, StatusCode};
use poem::middleware::{CatchPanic, Compression, Cors};
use poem::{Endpoint, IntoResponse, Request, Response, Route, get, handler};
use schema::foundation::app::App;
use schema::graphql::root::{self, Schema};

use crate::authentication::request_id;
use crate::body::Bodies;
use crate::documents::Documents;
use crate::federation::{self, Federation};
use crate::metrics::Metrics;
use crate::origins::Origins;
use crate::problem::Problem;
use crate::sockets::Sockets;
use crate::{
    committee_page, export, graphiql, health, http, invitation_page, operations, sse,
    testimony_page, websocket,
};

/// What every route needs.
#[derive(Clone)]
pub struct Door {
    /// The application.
    pub app: App,
    /// The executable schema.
    pub schema: Schema,
    /// Parsed documents.
    pub documents: Documents,
    /// Figures for operators.
    pub metrics: Arc<Metrics>,
    /// Secret of this installation, for marks of callers.
    pub secret: Arc<[u8]>,
    /// Whether `X-Forwarded-For` is written by a proxy of ours.
    pub trust_forwarded: bool,
    /// Longest time of an operation.
    pub time_limit: std::time::Duration,
    /// Time that a WebSocket client has to introduce itself.
    pub socket_init_time: std::time::Duration,
    /// A logged-in socket's session is looked at this often.
    pub socket_check_time: std::time::Duration,
    /// Open sockets by client.
    pub sockets: Sockets,
    /// Reads the bodies of requests.
    pub bodies: Bodies,
    /// Web sites that may talk to this server.
    pub origins: Origins,
    /// The log-in through a provider, when there is one.
    pub federation: Option<Arc<Federation>>,
    /// Stops sockets when the server does.
    pub stop: tokio_util::sync::CancellationToken,
}

/// The whole server as one endpoint.
pub fn routes(door: Door) -> impl Endpoint<Output = Response> {
    let cors = Cors::new()
        // Tokens travel in a header that scripts must set themselves, never in a cookie: any site may call.
        .allow_credentials(false)
        .allow_methods(["GET", "POST"])
        .allow_headers(["content-type", "authorization", "x-request-id", "accept"])
        .expose_headers(["x-request-id"]);
    let metrics = door.metrics.clone();
    let cors = match door.origins.sites() {
        [] => cors,
        sites => cors.allow_origins(sites),
    };
    let routes = Route::new()
        .at("/graphql", Graphql(door.clone()))
        .at("/schema.graphql", get(sdl))
        .at("/", get(graphiql::page))
        .at("/graphiql/:name", get(graphiql::file))
        .at("/written-requests.csv", get(export::written_requests))
        .at("/temoignages/:number", get(testimony_page::page))
        .at("/comites/:file", get(committee_page::public))
        .at("/comites/:number/:file", get(committee_page::synthesis))
        .at("/invitations/:token", get(invitation_page::show).post(invitation_page::take))
        .nest("/operations", operations::routes())
        .at("/healthz", get(health::alive))
        .at("/readyz", get(health::ready))
        .at("/metrics", get(health::metrics));
    let routes = match door.federation {
        Some(_) => routes.nest("/connexion", federation::routes()),
        None => routes,
    };
    routes
        .data(door)
        .with(cors)
        .with(Compression::new())
        .with(CatchPanic::new().with_handler(panicked))
        .map_to_response()
        .catch_all_error(|error: poem::Error| async move {
            let status = error.status();
            let code = match status {
                StatusCode::NOT_FOUND => "NOT_FOUND",
                _ if status.is_server_error() => "INTERNAL",
                _ => "BAD_USER_INPUT",
            };
            let mut response = Problem::new(status, code, "Adresse ou méthode inconnue.")
                .respond("application/json; charset=utf-8");
            if status == StatusCode::METHOD_NOT_ALLOWED {
                response.headers_mut().insert("allow", HeaderValue::from_static("GET"));
            }
            response
        })
        .map_to_response()
        .around(move |server, request| named(server, request, metrics.clone()))
}

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
async fn named(
    server: Arc<impl Endpoint<Output = Response>>,
    mut request: Request,
    metrics: Arc<Metrics>,
) -> poem::Result<Response> {
    let (started, path) = (Instant::now(), request.uri().path().to_owned());
    let id =
        HeaderValue::try_from(request_id(&request)).map_err(poem::error::InternalServerError)?;
    request.headers_mut().insert("x-request-id", id.clone());
    // A compressor would hold events back until it has enough of them.
    if sse::wanted(request.headers()) {
        request.headers_mut().remove("accept-encoding");
    }
    let mut response = server.call(request).await?;
    metrics.answered(&path, response.status().as_u16(), started.elapsed());
    let headers = response.headers_mut();
    headers.insert("x-request-id", id);
    // Pages that say more of themselves keep it.
    for (name, value) in SAFE {
        headers.entry(*name).or_insert(HeaderValue::from_static(value));
    }
    Ok(response)
}

/// `/graphql`: a WebSocket when the client asks for one, HTTP otherwise.
struct Graphql(Door);

impl Endpoint for Graphql {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let wanted = request.headers().get("upgrade").and_then(|protocol| protocol.to_str().ok());
        if wanted.is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket")) {
            return websocket::upgrade(&self.0, request).await;
        }
        let body = request.take_body();
        Ok(http::graphql(&self.0, &request, body).await)
    }
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Une erreur interne est survenue.")
        .respond("application/json; charset=utf-8")
}

#[handler]
fn sdl() -> impl IntoResponse {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(root::sdl);
    TEXT.as_str().with_content_type("text/plain; charset=utf-8")
}
