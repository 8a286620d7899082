//! A network that fails: stands on loopback before PostgreSQL, Redis or a mail server, and cuts, delays or swallows what
//! passes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

/// Connections at once; more are hung up on.
const MOST: usize = 500;

/// What the network is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes.
    Clear,
    /// Every piece of data waits so long, in both directions.
    Slow(Duration),
    /// Connections are taken, and nothing passes in either direction. What was sent meanwhile arrives when it clears,
    /// as TCP does after an interruption.
    Dark,
    /// New connections are hung up on at once; those that are open stay.
    Closed,
}

/// A running proxy; it ends, with its connections, when dropped.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    _serving: AbortOnDropHandle<()>,
}

struct Shared {
    target: String,
    weather: watch::Sender<Weather>,
    cuts: watch::Sender<u64>,
}

impl Proxy {
    /// Stands before `host:port`.
    pub async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            target: target.to_owned(),
            weather: watch::Sender::new(Weather::Clear),
            cuts: watch::Sender::new(0),
        });
        let serving = {
            let shared = shared.clone();
            tokio::spawn(async move {
                // Ends its connections with itself.
                let mut connections = JoinSet::new();
                while let Ok((client, _)) = listener.accept().await {
                    while connections.try_join_next().is_some() {}
                    let closed = *shared.weather.borrow() == Weather::Closed;
                    if closed || connections.len() >= MOST {
                        continue; // and it is hung up
                    }
                    let shared = shared.clone();
                    connections.spawn(async move {
                        // Either side may leave at any time: the other is then let go too.
                        let _ = relay(client, &shared).await;
                    });
                }
            })
        };
        Self { address, shared, _serving: AbortOnDropHandle::new(serving) }
    }

    /// Stands before what an address names (`scheme://user@host:port/rest`); gives the address that leads through it.
    pub async fn before(url: &str) -> (Self, String) {
        let (scheme, rest) = url.split_once("://").expect("an address with a scheme");
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let target = authority.rsplit('@').next().unwrap_or(authority);
        let user = &authority[..authority.len() - target.len()];
        let proxy = Self::start(target).await;
        let through = format!("{scheme}://{user}{}{path}", proxy.address);
        (proxy, through)
    }

    /// What it is like from now on.
    pub fn turn(&self, weather: Weather) {
        self.shared.weather.send_replace(weather);
    }

    /// Cuts every connection that is open; new ones may come.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Shared {
    /// Lets a piece of data pass when the weather does.
    async fn passage(&self) {
        let mut weather = self.weather.subscribe();
        let now = weather.wait_for(|now| *now != Weather::Dark).await.map(|now| *now);
        if let Ok(Weather::Slow(delay)) = now {
            tokio::time::sleep(delay).await;
        }
    }
}

async fn relay(client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut cuts = shared.cuts.subscribe();
    let passing = async move {
        shared.passage().await;
        let server = TcpStream::connect(&shared.target).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let both = tokio::try_join!(
            pass(from_client, to_server, shared),
            pass(from_server, to_client, shared)
        );
        both.map(|_| ())
    };
    tokio::select! {
        passed = passing => passed,
        // Dropping both ends hangs up, whatever was on its way.
        _ = cuts.changed() => Ok(()),
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        shared.passage().await;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..read]).await?;
    }
}
