//! A Redis of our own, to be emptied, killed and started again.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::process::{lasting_port, until};

/// A running Redis; killed when dropped.
pub struct PrivateRedis {
    port: u16,
    server: Child,
}

impl PrivateRedis {
    /// Starts it, empty.
    pub async fn start() -> Self {
        let port = lasting_port();
        let redis = Self { port, server: serve(port) };
        redis.answers().await;
        redis
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it without warning (-9).
    pub async fn kill(&mut self) {
        self.server.kill().await.expect("a process to kill");
    }

    /// Starts it again on its port, knowing nothing of before.
    pub async fn start_again(&mut self) {
        self.server = serve(self.port);
        self.answers().await;
    }

    /// Empties it.
    pub async fn empty(&self) {
        self.ask(&redis::cmd("FLUSHALL")).await.expect("it is emptied");
    }

    async fn ask(&self, command: &redis::Cmd) -> redis::RedisResult<String> {
        command.query_async(&mut connect(&self.url()).await?).await
    }

    async fn answers(&self) {
        until("Redis answers", 20, async || self.ask(&redis::cmd("PING")).await.is_ok()).await;
    }
}

/// A connection that waits as long as a busy machine may need; the usual one gives up after half a second.
pub async fn connect(url: &str) -> redis::RedisResult<redis::aio::MultiplexedConnection> {
    let patience = Some(Duration::from_secs(20));
    let config = redis::AsyncConnectionConfig::new()
        .set_connection_timeout(patience)
        .set_response_timeout(patience);
    redis::Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await
}

fn serve(port: u16) -> Child {
    Command::new("redis-server")
        .args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--port",
            &port.to_string(),
        ])
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("redis-server starts: « ./dev test » installs it")
}
