//! The map of the server: every address it answers.

use std::sync::Arc;

use poem::endpoint::EndpointExt;
use poem::middleware::{Compression, Cors};
use poem::{Endpoint, IntoEndpoint, IntoResponse, Request, Response, Route, get, handler};
use schema::foundation::app::App;
use schema::graphql::root::{self, Schema};
use tokio_util::task::TaskTracker;

use crate::body::Bodies;
use crate::documents::Documents;
use crate::federation::{self, Federation};
use crate::metrics::Metrics;
use crate::origins::Origins;
use crate::sockets::Sockets;
use crate::{
    committee_page, export, front, graphiql, health, http, invitation_page, operations,
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
    /// What goes on after its request was answered: sockets. The server waits for it when it stops.
    pub going_on: TaskTracker,
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
    let metrics = door.metrics.clone();
    let cors = || door.origins.cors();
    let routes = Route::new()
        .at("/graphql", shared(cors(), Graphql(door.clone())))
        .at("/schema.graphql", shared(cors(), get(sdl)))
        .at("/", get(graphiql::page))
        .at("/graphiql/:name", get(graphiql::file))
        .at("/written-requests.csv", shared(cors(), get(export::written_requests)))
        .at("/temoignages/:number", get(testimony_page::page))
        .at("/comites/:file", get(committee_page::public))
        .at("/comites/:number/:file", shared(cors(), get(committee_page::synthesis)))
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
        .with(Compression::new())
        .around(move |server, request| front::named(server, request, metrics.clone()))
}

/// What scripts of other sites call: with a token, or for what anybody may know. Pages are not among it: they send no
/// referrer, so browsers tell their forms from « null », which is on no list.
fn shared<E>(cors: Cors, endpoint: E) -> impl Endpoint<Output = Response>
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    endpoint.around(front::told).with(cors)
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

#[handler]
fn sdl() -> impl IntoResponse {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(root::sdl);
    TEXT.as_str().with_content_type("text/plain; charset=utf-8")
}
