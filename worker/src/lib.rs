//! Door 2: the background work of Services Publics +.
//!
//! Jobs live in PostgreSQL (`schema::operate::job`); the engine claims them under leases; Apalis runs
//! them; `jobs` says what each kind does; `mail` sends messages, each once. Only `backend.rs` and
//! `workers.rs` know Apalis.

mod backend;
pub mod config;
mod crash;
mod engine;
mod health;
pub mod jobs;
pub mod mail;
mod metrics;
mod paper;
pub mod stream;
mod ticks;
mod workers;

use std::sync::Arc;

use schema::foundation::app::App;
use tokio_util::sync::CancellationToken;

pub use config::Config;

/// Works until `stop`, then finishes or hands back what runs.
///
/// Several may run in one process, each with its own application, clock and figures.
///
/// # Errors
/// When the configuration cannot work (a port that is taken, a folder that cannot be written); an
/// outage of PostgreSQL, Redis or the mail server is waited for.
pub async fn run(config: Config, app: App, stop: CancellationToken) -> anyhow::Result<()> {
    crash::check()?;
    let metrics = Arc::new(metrics::Metrics::new()?);
    let mailer = mail::Mailer::new(&config, metrics.clone())?;
    let stream = stream::EventStream::new(&config.redis_url, &app.settings.event_stream)?;
    let port = match config.listen {
        Some(listen) => Some(health::bind(listen).await?),
        None => None,
    };
    let name = format!(
        "worker-{}-{}",
        std::process::id(),
        &uuid::Uuid::new_v4().simple().to_string()[..8]
    );

    // Ends the helpers after the workers, or when this future is dropped.
    let ended = CancellationToken::new();
    let guard = ended.clone().drop_guard();
    let (engine, parts) = engine::Engine::start(&config, name, app.clock.clone(), metrics)?;
    let health = port.map(|port| health::serve(port, app.clone(), engine.clone(), ended.clone()));
    let ticks = tokio::spawn(ticks::run(app.clone(), engine.clone(), config.watch, ended.clone()));
    tracing::info!(worker = engine.name, "working");

    let ctx = jobs::Ctx { app, mailer: mailer.clone(), stream };
    let worked = workers::run(engine, ctx, stop, config.grace).await;
    parts.finish().await;
    mailer.close().await;
    drop(guard);
    ticks.await?;
    if let Some(health) = health {
        health.await?;
    }
    tracing::info!("stopped");
    worked
}
