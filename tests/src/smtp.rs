//! A mail server that does as it is told: accepts, refuses, hangs, or leaves at any point.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::mailbox::Mail;

/// What the server does with the messages that come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes every message.
    Accept,
    /// Answers 450 to every recipient: try later.
    Later,
    /// Answers 550 to every recipient: never.
    Never,
    /// Takes the connection and says nothing.
    Silent,
    /// Accepts sender and recipient, then leaves the wish to send (`DATA`) without an answer until it is to
    /// behave otherwise: nothing can have left.
    HangBeforeData,
    /// Reads the whole message, then closes without an answer. The message is not kept.
    CloseBeforeAnswer,
    /// Reads the whole message, keeps it, then closes without an answer: the window SMTP cannot close.
    KeepThenClose,
    /// Reads the whole message, keeps it, then waits with its answer until it is to behave otherwise.
    KeepThenHang,
}

/// A running mail server.
pub struct Smtp {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    _serving: AbortOnDropHandle<()>,
}

struct Shared {
    behaviour: watch::Sender<Behaviour>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    announced: usize,
    read: Vec<Vec<u8>>,
    kept: Vec<Vec<u8>>,
}

impl Smtp {
    /// Starts a server on a free port.
    pub async fn start(behaviour: Behaviour) -> Self {
        Self::start_on(0, behaviour).await
    }

    /// Starts a server on a port, where somebody may already be looking for one.
    pub async fn start_on(port: u16, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared =
            Arc::new(Shared { behaviour: watch::Sender::new(behaviour), seen: Mutex::default() });
        let serving = {
            let shared = shared.clone();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let shared = shared.clone();
                    tokio::spawn(async move {
                        let _ = serve(stream, &shared).await;
                    });
                }
            })
        };
        Self { address, shared, _serving: AbortOnDropHandle::new(serving) }
    }

    /// Its address for `SPP_MAIL`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Changes what it does from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.behaviour.send_replace(behaviour);
    }

    /// The messages it kept.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.seen().kept.iter().map(|bytes| Mail::parse(bytes)).collect()
    }

    /// The messages that were read to their end, kept or not.
    pub fn messages(&self) -> Vec<Mail> {
        self.shared.seen().read.iter().map(|bytes| Mail::parse(bytes)).collect()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.seen().connections
    }

    /// How many messages were announced (`DATA`), whatever came of them.
    pub fn announced(&self) -> usize {
        self.shared.seen().announced
    }

    /// How many messages were read to their end, kept or not.
    pub fn messages_read(&self) -> usize {
        self.shared.seen().read.len()
    }
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic")
    }

    async fn other_than(&self, behaviour: Behaviour) {
        let _ = self.behaviour.subscribe().wait_for(|next| *next != behaviour).await;
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    // Without this, delayed acknowledgements cost 40 ms a message.
    stream.set_nodelay(true)?;
    let behaviour = || *shared.behaviour.borrow();
    shared.seen().connections += 1;
    let mut stream = BufReader::new(stream);
    if behaviour() == Behaviour::Silent {
        std::future::pending::<()>().await;
    }
    stream.write_all(b"220 test ESMTP\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match (verb.as_str(), behaviour()) {
            ("EHLO", _) => b"250-test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            ("RCPT", Behaviour::Later) => b"450 try later\r\n",
            ("RCPT", Behaviour::Never) => b"550 no such user\r\n",
            ("DATA", now) => {
                shared.seen().announced += 1;
                if now == Behaviour::HangBeforeData {
                    shared.other_than(now).await;
                }
                stream.write_all(b"354 go on\r\n").await?;
                let Some(bytes) = message(&mut stream).await? else { return Ok(()) };
                if !take(shared, bytes).await {
                    return Ok(());
                }
                b"250 taken\r\n"
            }
            ("QUIT", _) => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
    }
}

/// Deals with a message that was read to its end; whether to say that it was taken.
async fn take(shared: &Shared, bytes: Vec<u8>) -> bool {
    use Behaviour::{CloseBeforeAnswer, KeepThenClose, KeepThenHang};
    let now = *shared.behaviour.borrow();
    {
        let mut seen = shared.seen();
        // What is answered with 250 is kept, also when the server came to behave otherwise after the recipient.
        if now != CloseBeforeAnswer {
            seen.kept.push(bytes.clone());
        }
        seen.read.push(bytes);
    }
    if now == KeepThenHang {
        shared.other_than(now).await;
    }
    !matches!(now, CloseBeforeAnswer | KeepThenClose)
}

/// Reads to the lonely dot, undoing the doubled ones; `None` when the sender leaves before it.
async fn message(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(bytes));
        }
        let start = usize::from(line.starts_with(b".."));
        bytes.extend_from_slice(&line[start..]);
    }
}
