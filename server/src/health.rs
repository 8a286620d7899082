//! For those who watch: alive, ready, figures.

use poem::http::StatusCode;
use poem::web::Data;
use poem::{Response, handler};

use crate::routes::Door;

/// The process answers.
#[handler]
pub(crate) fn alive() -> &'static str {
    "ok\n"
}

/// PostgreSQL answers too, so requests can be sent here. Redis is not asked: without it live events
/// wait, and everything else works.
#[handler]
pub(crate) async fn ready(Data(door): Data<&Door>) -> Response {
    match door.app.pool.get().await {
        Ok(_) if !door.stop.is_cancelled() => Response::builder().body("ready\n"),
        Ok(_) => Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body("stopping\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Response::builder()
                .status(StatusCode::SERVICE_UNAVAILABLE)
                .body("database unreachable\n")
        }
    }
}

/// Figures in Prometheus' text format.
#[handler]
pub(crate) fn metrics(Data(door): Data<&Door>) -> Response {
    Response::builder().content_type("text/plain; version=0.0.4").body(door.metrics.text())
}
