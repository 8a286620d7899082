//! The peer: Mercurius with JIT over Fastify, doing the same work on the same database
//! (`tests/node/peer.mjs`).

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tests::process::free_port;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node");

/// Whether it can be started at all, before anything is prepared for it.
pub(crate) fn installed() -> anyhow::Result<()> {
    let packages = Path::new(FOLDER).join("node_modules");
    ensure!(packages.is_dir(), "{} is missing: ./dev bench installs it", packages.display());
    Ok(())
}

/// A running peer; killed when dropped.
pub(crate) struct Peer {
    child: Child,
    /// Where it answers.
    pub(crate) url: String,
}

impl Peer {
    /// Starts it with as many processes, and waits until it answers.
    ///
    /// # Errors
    /// When Node or the packages are missing, or the database cannot be reached.
    pub(crate) async fn start(database_url: &str, workers: u8) -> anyhow::Result<Self> {
        installed()?;
        let port = free_port();
        let mut child = Command::new("node")
            .arg("peer.mjs")
            .current_dir(FOLDER)
            .env("DATABASE_URL", database_url)
            .env("NODE_ENV", "production")
            .env("PORT", port.to_string())
            .env("WORKERS", workers.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting node")?;
        let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        match tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await {
            Ok(Ok(Some(line))) if line.starts_with("listening") => {}
            Ok(other) => bail!("the peer ended instead of listening: {other:?}"),
            Err(_) => bail!("the peer does not listen after 30 s"),
        }
        Ok(Self { child, url: format!("http://127.0.0.1:{port}") })
    }

    /// Asks it to stop, and waits until it has: its processes share the machine.
    pub(crate) async fn stop(mut self) {
        if let Some(id) = self.child.id() {
            let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
            // What does not listen is killed by the drop.
            let _ = tokio::time::timeout(Duration::from_secs(5), self.child.wait()).await;
        }
    }
}
