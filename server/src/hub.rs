//! Listens to the Redis stream and wakes this process's subscriptions.
//!
//! The stream only says « events up to number n exist »: what they are is read from PostgreSQL. So a
//! lost, repeated or emptied stream loses nothing; and a slow look at PostgreSQL closes the last gap,
//! when Redis is down for good.

use std::sync::Arc;
use std::time::Duration;

use redis::AsyncConnectionConfig;
use redis::streams::{StreamReadOptions, StreamReadReply};
use schema::foundation::app::App;
use schema::listen::testimony::events;
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;

/// Longest wait for news in one read.
const BLOCK: Duration = Duration::from_secs(5);
/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// Follows the stream until `stop`.
pub async fn follow(
    app: App,
    redis_url: Option<String>,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    let work = async {
        loop {
            catch_up(&app, &metrics).await;
            if let Some(url) = &redis_url
                && let Err(error) = read(&app, url, &metrics).await
            {
                tracing::warn!(%error, "live events: Redis is away");
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

/// Reads the stream until something fails.
async fn read(app: &App, url: &str, metrics: &Metrics) -> redis::RedisResult<()> {
    let client = redis::Client::open(url)?;
    // The default response time limit is shorter than a blocking read.
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(BLOCK * 2));
    let mut redis = client.get_multiplexed_async_connection_with_config(&config).await?;
    let options = StreamReadOptions::default()
        .block(usize::try_from(BLOCK.as_millis()).unwrap_or(5000))
        .count(1000);
    // From now on; what came before is announced by the look at PostgreSQL that follows the first read.
    let mut last = String::from("$");
    catch_up(app, metrics).await;
    loop {
        let reply: Option<StreamReadReply> = redis::AsyncTypedCommands::xread_options(
            &mut redis,
            &[app.settings.event_stream.as_str()],
            &[&last],
            &options,
        )
        .await?;
        let Some(newest) =
            reply.into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids).last()
        else {
            // Silence: look whether PostgreSQL knows more than the stream told, and start again where
            // the stream now ends, in case it was emptied.
            catch_up(app, metrics).await;
            last = String::from("$");
            continue;
        };
        if let Some(number) = newest.id.split('-').next().and_then(|number| number.parse().ok()) {
            announce(app, metrics, number);
        }
        last = newest.id;
    }
}

/// Announces what PostgreSQL knows.
async fn catch_up(app: &App, metrics: &Metrics) {
    let latest = async {
        Ok::<_, schema::foundation::error::Error>(
            events::latest(&mut *app.pool.get().await?).await?,
        )
    };
    match latest.await {
        Ok(number) => announce(app, metrics, number),
        Err(error) => tracing::warn!(%error, "live events: PostgreSQL is away"),
    }
}

fn announce(app: &App, metrics: &Metrics, number: i64) {
    metrics.live_event.set(number);
    app.events.announce(number);
}
