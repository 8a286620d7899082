//! The stream of live events in Redis. It only announces numbers: the events are in PostgreSQL, so
//! Redis may be emptied or away without any being lost.

use std::time::Duration;

use anyhow::Context;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

/// Entries that the stream keeps, about: servers read older events from PostgreSQL.
const LENGTH: usize = 10_000;

/// Appends to the stream.
#[derive(Clone)]
pub struct EventStream {
    redis: ConnectionManager,
    /// Where servers read (`server::hub`).
    name: String,
}

impl EventStream {
    /// A stream; nothing is opened before it is needed.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str, name: &str) -> anyhow::Result<Self> {
        let client = redis::Client::open(url).context("REDIS_URL cannot be read")?;
        // The job's own ladder retries: an answer here must come fast.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(Duration::from_secs(2)))
            .set_response_timeout(Some(Duration::from_secs(2)));
        let manager = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self { redis: manager, name: name.to_owned() })
    }

    /// Announces the event with this number. The number is the entry's own id, so a repeated
    /// announcement is refused; one that comes after a higher number is refused too, and servers find
    /// it when they read up to that one.
    ///
    /// # Errors
    /// When Redis does not take it.
    pub async fn announce(&self, number: i64, kind: &str) -> anyhow::Result<()> {
        let mut command = redis::cmd("XADD");
        command.arg(&self.name).arg("MAXLEN").arg("~").arg(LENGTH);
        command.arg(format!("{number}-0")).arg("kind").arg(kind);
        let added: redis::RedisResult<String> = command.query_async(&mut self.redis.clone()).await;
        match added {
            Err(error) if error.to_string().contains("equal or smaller") => Ok(()),
            added => added.map(|_| ()).context("Redis did not take an event"),
        }
    }
}
