//! Ticks the schedules, and looks for what is out of order. Every worker does; the database sees to it that each tick counts once.

use std::sync::Arc;
use std::time::Duration;

use schema::foundation::app::App;
use schema::operate::incident::{self, service::Look};
use schema::operate::schedule::service;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;

/// Time between two looks. Schedules have minutes, so a few seconds are early enough.
const EVERY: Duration = Duration::from_secs(2);

pub(crate) async fn run(app: App, engine: Arc<Engine>, watch: bool, stop: CancellationToken) {
    let mut told = false;
    while !stop.is_cancelled() {
        // Asked before looking, so that no wake between the look and the wait is missed.
        let woken = engine.ticks.notified();
        // Before the ticks, which would hide that they come late.
        if watch {
            look(&app).await;
        }
        match tick(&app).await {
            Ok(0) => told = false,
            Ok(jobs) => tracing::info!(jobs, "schedules ticked"),
            Err(error) if !told => {
                tracing::warn!("schedules not ticked: {error}");
                told = true;
            }
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = woken => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Looks for what is out of order. When the database is, every other part says so already.
async fn look(app: &App) {
    match incident::service::watch(app).await {
        Ok(Some(look)) if look != Look::default() => {
            let Look { opened, grown, closed } = look;
            tracing::warn!(opened, grown, closed, "incidents");
        }
        Ok(_) => {}
        Err(error) => tracing::warn!("incidents not looked for: {error}"),
    }
}

async fn tick(app: &App) -> schema::foundation::error::Result<usize> {
    let mut conn = app.pool.get().await?;
    Ok(service::tick(&mut conn, app.clock.now()).await?)
}
