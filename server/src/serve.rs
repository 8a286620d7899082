//! Starting and stopping the server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use poem::listener::{Acceptor, Listener, TcpListener};
use schema::foundation::app::App;
use schema::foundation::error::Error;
use schema::graphql::root;
use schema::operate::throttle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::body::Bodies;
use crate::config::Config;
use crate::documents::Documents;
use crate::federation::Federation;
use crate::hub;
use crate::metrics::Metrics;
use crate::routes::{Door, routes};
use crate::sockets::Sockets;

/// Running requests have this long to end after a stop was asked for.
const GRACE: Duration = Duration::from_secs(20);
/// A connection on which nothing is read or written for so long is closed once it runs no request (ours): longer than
/// proxies keep theirs, so that it is they who close first.
pub const IDLE_TIME: Duration = Duration::from_secs(120);

/// A server that listens; it answers once [`Server::run`] is awaited.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    run: std::pin::Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>,
}

impl Server {
    /// Opens the socket.
    ///
    /// # Errors
    /// When the address is taken or cannot be used.
    pub async fn bind(config: &Config, app: App, stop: CancellationToken) -> anyhow::Result<Self> {
        let acceptor = TcpListener::bind(config.listen.clone())
            .into_acceptor()
            .await
            .with_context(|| format!("SPP_LISTEN: listening on {}", config.listen))?;
        let address = acceptor
            .local_addr()
            .into_iter()
            .find_map(|address| address.as_socket_addr().copied())
            .context("no address")?;
        let metrics = Arc::new(Metrics::new()?);
        let federation = config.federation.clone();
        let federation = federation
            .map(|settings| Federation::new(settings, &app.settings.public_url))
            .transpose()?;
        let going_on = TaskTracker::new();
        let door = Door {
            secret: secret(&app).await,
            schema: root::build(app.clone()),
            documents: Documents::of(config)?,
            metrics: metrics.clone(),
            trust_forwarded: config.trust_forwarded,
            time_limit: config.time_limit,
            socket_init_time: config.socket_init_time,
            socket_check_time: config.socket_check_time,
            sockets: Sockets::new(config.sockets_per_client),
            going_on: going_on.clone(),
            bodies: Bodies::new(config.body_time),
            origins: config.origins.clone().and(&app.settings.public_url),
            federation: federation.map(Arc::new),
            stop: stop.clone(),
            app: app.clone(),
        };
        let (redis_url, idle_time) = (config.redis_url.clone(), config.idle_time);
        let run = async move {
            let listening = tokio::spawn(hub::follow(app, redis_url, metrics, stop.clone()));
            poem::Server::new_with_acceptor(acceptor)
                .idle_timeout(idle_time)
                .run_with_graceful_shutdown(
                    routes(door),
                    async move { stop.cancelled().await },
                    Some(GRACE),
                )
                .await?;
            // Sockets count as no connection there: they are told that the server goes, which takes seconds at most.
            going_on.close();
            let _ = tokio::time::timeout(GRACE, going_on.wait()).await;
            listening.await?;
            Ok(())
        };
        Ok(Self { address, run: Box::pin(run) })
    }

    /// Serves until stopped, then lets running requests end.
    ///
    /// # Errors
    /// When the listening socket fails.
    pub async fn run(self) -> anyhow::Result<()> {
        self.run.await
    }
}

/// The secret of this installation. When the database is away, one of this process: callers are then counted apart
/// until the next start.
async fn secret(app: &App) -> Arc<[u8]> {
    let kept = async {
        let mut conn = app.pool.get().await?;
        Ok::<_, Error>(throttle::service::secret(app, &mut conn).await?)
    };
    match kept.await {
        Ok(secret) => secret.into(),
        Err(error) => {
            tracing::warn!(%error, "attempts are counted by this process alone");
            uuid::Uuid::new_v4().as_bytes().to_vec().into()
        }
    }
}
