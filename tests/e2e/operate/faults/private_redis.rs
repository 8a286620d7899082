//! A Redis of our own, to be emptied, killed and started again.

use std::process::Stdio;

use tests::process::{free_port, until};
use tokio::process::{Child, Command};

pub(super) struct PrivateRedis {
    port: u16,
    server: Child,
}

impl PrivateRedis {
    pub(super) async fn start() -> Self {
        let port = free_port();
        let redis = Self { port, server: serve(port) };
        redis.answers().await;
        redis
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(super) async fn kill(&mut self) {
        self.server.kill().await.unwrap();
    }

    /// Starts it again on its port, knowing nothing of before.
    pub(super) async fn start_again(&mut self) {
        self.server = serve(self.port);
        self.answers().await;
    }

    pub(super) async fn empty(&self) {
        self.ask(&redis::cmd("FLUSHALL")).await.unwrap();
    }

    async fn ask(&self, command: &redis::Cmd) -> redis::RedisResult<String> {
        let client = redis::Client::open(self.url())?;
        command.query_async(&mut client.get_multiplexed_async_connection().await?).await
    }

    async fn answers(&self) {
        until("Redis answers", 20, async || self.ask(&redis::cmd("PING")).await.is_ok()).await;
    }
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
