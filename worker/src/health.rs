//! `/healthz`: the process lives. `/readyz`: its leases reach the database. `/metrics`: its figures.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpAcceptor, TcpListener};
use poem::web::Data;
use poem::{EndpointExt, Route, Server, get, handler};
use schema::foundation::app::App;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::metrics::Standing;

/// Takes the port, before anything is claimed. One that is taken is an error of the whole program:
/// whoever asked for it relies on it.
pub(crate) async fn bind(listen: SocketAddr) -> anyhow::Result<TcpAcceptor> {
    let bound = TcpListener::bind(listen).into_acceptor().await;
    let acceptor = bound.with_context(|| format!("SPP_WORKER_LISTEN: {listen}"))?;
    for at in acceptor.local_addr() {
        tracing::info!("health on http://{}", at.to_string().trim_start_matches("socket://"));
    }
    Ok(acceptor)
}

/// Answers until `stop`.
pub(crate) fn serve(
    acceptor: TcpAcceptor,
    app: App,
    engine: Arc<Engine>,
    stop: CancellationToken,
) -> tokio::task::JoinHandle<()> {
    let routes = Route::new()
        .at("/healthz", get(alive))
        .at("/readyz", get(ready))
        .at("/metrics", get(metrics))
        .data(engine)
        .data(app);
    tokio::spawn(async move {
        let server = Server::new_with_acceptor(acceptor);
        let stopped = async move { stop.cancelled().await };
        if let Err(error) = server.run_with_graceful_shutdown(routes, stopped, None).await {
            tracing::error!("the health page ended: {error}");
        }
    })
}

#[handler]
fn alive() -> &'static str {
    "ok\n"
}

#[handler]
fn ready(engine: Data<&Arc<Engine>>) -> (StatusCode, &'static str) {
    if engine.is_ready() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "leases do not reach the database, or the worker stops\n")
    }
}

#[handler]
async fn metrics(engine: Data<&Arc<Engine>>, app: Data<&App>) -> poem::Result<String> {
    let now = app.clock.now();
    // Without the database the worker's own counters are still worth reading.
    if let Ok(mut conn) = app.pool.get().await
        && let Ok(found) = Standing::look(&mut conn, now).await
    {
        engine.metrics.show(&found);
    }
    engine
        .metrics
        .text()
        .map_err(|e| poem::Error::from_string(e.to_string(), StatusCode::INTERNAL_SERVER_ERROR))
}
