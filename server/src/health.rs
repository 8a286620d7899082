//! For those who watch: alive, ready, figures.

use std::time::Duration;

use diesel_async::RunQueryDsl;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Response, handler};
use schema::foundation::database::{Pool, stoppable};
use schema::foundation::error::Result;

use crate::routes::Door;

/// Longest wait for PostgreSQL, and for a connection to it (ours): whoever asks has little patience.
const PATIENCE: Duration = Duration::from_secs(5);

/// The process answers.
#[handler]
pub(crate) fn alive() -> &'static str {
    "ok\n"
}

/// PostgreSQL answers too, so requests can be sent here. Redis is not asked: without it live events
/// wait, and everything else works.
#[handler]
pub(crate) async fn ready(Data(door): Data<&Door>) -> Response {
    let why = match stoppable(PATIENCE, ask(&door.app.pool)).await {
        Some(Ok(())) if !door.stop.is_cancelled() => return Response::builder().body("ready\n"),
        Some(Ok(())) => "stopping\n",
        Some(Err(error)) => {
            tracing::warn!(%error, "not ready");
            "database unreachable\n"
        }
        None => {
            tracing::warn!("not ready: no connection was free, or PostgreSQL did not answer");
            "database silent or too busy\n"
        }
    };
    Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body(why)
}

/// The pool hands out connections without a look at them: only an answer says that PostgreSQL is there.
async fn ask(pool: &Pool) -> Result<()> {
    let mut conn = pool.get().await?;
    diesel::sql_query("select 1").execute(&mut *conn).await?;
    Ok(())
}

/// Figures in Prometheus' text format.
#[handler]
pub(crate) fn metrics(Data(door): Data<&Door>) -> Response {
    Response::builder().content_type("text/plain; version=0.0.4").body(door.metrics.text())
}
