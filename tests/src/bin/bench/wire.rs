//! Counts the statements that a program sends to PostgreSQL, by standing between the two.
//!
//! Works with any PostgreSQL, without an extension and without rights. Only the frames' types are
//! looked at: Execute and Query run a statement, everything else prepares or synchronises.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// A listening relay; it ends when dropped.
pub(crate) struct Wire {
    /// The address of the database through the relay.
    pub(crate) url: String,
    statements: Arc<AtomicU64>,
    _relaying: AbortOnDropHandle<()>,
}

impl Wire {
    /// Stands before a database.
    ///
    /// # Errors
    /// When its address is not one that TCP reaches.
    pub(crate) async fn before(database_url: &str) -> anyhow::Result<Self> {
        let mut url = Url::parse(database_url).context("DATABASE_URL")?;
        let host =
            url.host_str().filter(|host| !host.is_empty()).context("DATABASE_URL names no host")?;
        let target = format!("{host}:{}", url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        url.set_host(Some("127.0.0.1")).context("an address with another host")?;
        let port = listener.local_addr()?.port();
        url.set_port(Some(port)).map_err(|()| anyhow::anyhow!("an address without a port"))?;
        let statements = Arc::new(AtomicU64::new(0));
        let counted = statements.clone();
        let relaying = tokio::spawn(async move {
            // Ends its connections with itself.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (target, counted) = (target.clone(), counted.clone());
                connections.spawn(async move {
                    // Either side may leave at any time: the other is then let go too.
                    let _ = relay(client, &target, &counted).await;
                });
            }
        });
        Ok(Self { url: url.to_string(), statements, _relaying: AbortOnDropHandle::new(relaying) })
    }

    /// Statements run so far.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::SeqCst)
    }
}

async fn relay(client: TcpStream, target: &str, statements: &AtomicU64) -> std::io::Result<()> {
    let server = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::io::copy(&mut from_server, &mut to_client);
    let forth = async {
        let mut frames = Frames::default();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let read = from_client.read(&mut buffer).await?;
            if read == 0 {
                return to_server.shutdown().await;
            }
            statements.fetch_add(frames.executions(&buffer[..read]), Ordering::SeqCst);
            to_server.write_all(&buffer[..read]).await?;
        }
    };
    tokio::try_join!(async { back.await.map(|_| ()) }, forth).map(|_| ())
}

/// The stream of a client, cut into its messages.
#[derive(Default)]
struct Frames {
    pending: Vec<u8>,
    started: bool,
}

impl Frames {
    /// How many statements the next bytes run.
    fn executions(&mut self, bytes: &[u8]) -> u64 {
        const PROTOCOL_3: u32 = 196_608;
        self.pending.extend_from_slice(bytes);
        let mut found = 0;
        loop {
            // Before the start-up message is over, messages have no type.
            let typed = usize::from(self.started);
            let Some(length) = number(&self.pending, typed) else { return found };
            let end = typed + length as usize;
            if self.pending.len() < end.max(8 * (1 - typed)) {
                return found;
            }
            if self.started {
                found += u64::from(matches!(self.pending[0], b'E' | b'Q'));
            } else {
                self.started = number(&self.pending, 4) == Some(PROTOCOL_3);
            }
            self.pending.drain(..end);
        }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: Option<u8>, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).expect("short").to_be_bytes();
        kind.into_iter().chain(length).chain(body.iter().copied()).collect()
    }

    #[test]
    fn statements_are_counted_however_the_bytes_are_cut() {
        let mut stream =
            message(None, &[&196_608_u32.to_be_bytes()[..], b"user\0spp\0\0"].concat());
        for kind in [b'P', b'D', b'S', b'B', b'E', b'S', b'Q', b'E'] {
            stream.extend(message(Some(kind), b"EEQQ"));
        }
        for step in [1, 3, 7, stream.len()] {
            let mut frames = Frames::default();
            let counted: u64 = stream.chunks(step).map(|bytes| frames.executions(bytes)).sum();
            assert_eq!(counted, 3, "in steps of {step}");
        }
    }
}
