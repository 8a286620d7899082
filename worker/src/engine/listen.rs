//! Hears that something was enqueued, at the commit, and wakes the pump concerned.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use schema::foundation::database::Conn;
use schema::operate::job::service;

use super::{Engine, PATIENCE};

/// A network that falls silent closes nothing: ask now and then.
const QUIET: Duration = Duration::from_secs(10);

pub(super) async fn run(engine: Arc<Engine>) {
    while let Some(mut conn) = engine.connect("signs", &engine.finished).await {
        let Ok(Ok(())) = tokio::time::timeout(PATIENCE, service::listen(&mut conn)).await else {
            tokio::time::sleep(Duration::from_millis(300)).await;
            continue;
        };
        // What was enqueued while nobody listened.
        wake(&engine, "*");
        while hear(&engine, &mut conn).await {}
        tracing::warn!("no longer hearing what is enqueued; connecting again");
    }
}

/// Wakes pumps until a quiet moment, then checks that the server is still there. `false`: it is not.
async fn hear(engine: &Engine, conn: &mut Conn) -> bool {
    {
        let mut signs = pin!(conn.notifications_stream());
        loop {
            match tokio::time::timeout(QUIET, signs.next()).await {
                Ok(Some(Ok(sign))) => wake(engine, &sign.payload),
                // The documentation says that the stream never ends; it does, with the connection.
                Ok(Some(Err(_)) | None) => return false,
                Err(_) => break,
            }
        }
    }
    matches!(tokio::time::timeout(PATIENCE, service::beat(conn, &[])).await, Ok(Ok(_)))
}

fn wake(engine: &Engine, queue: &str) {
    for line in engine.lines() {
        if queue == "*" || queue == line.queue.as_str() {
            line.news.notify_one();
        }
    }
    if queue == "*" {
        engine.ticks.notify_waiters();
    }
}
