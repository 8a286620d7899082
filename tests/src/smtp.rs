//! A mail server that does as it is told: accepts, refuses, hangs, or leaves at any point.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
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
    /// Reads the whole message, then closes without an answer. The message is not kept.
    CloseBeforeAnswer,
    /// Reads the whole message, keeps it, then closes without an answer: the window SMTP cannot close.
    KeepThenClose,
    /// Reads the whole message, keeps it, then waits for ever before its answer.
    KeepThenHang,
}

/// A running mail server.
pub struct Smtp {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    _serving: AbortOnDropHandle<()>,
}

struct State {
    behaviour: Behaviour,
    kept: Vec<Vec<u8>>,
    connections: usize,
    messages_read: usize,
}

impl Smtp {
    /// Starts a server on a free port.
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State { behaviour, kept: vec![], connections: 0, messages_read: 0 }));
        let shared = state.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move {
                    let _ = serve(stream, state).await;
                });
            }
        });
        Self { address, state, _serving: AbortOnDropHandle::new(serving) }
    }

    /// Its address for `SPP_MAIL`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Changes what it does from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state.lock().expect("no panic").behaviour = behaviour;
    }

    /// The messages it kept.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.lock().expect("no panic").kept.iter().map(|bytes| Mail::parse(bytes)).collect()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.state.lock().expect("no panic").connections
    }

    /// How many messages were read to their end, kept or not.
    pub fn messages_read(&self) -> usize {
        self.state.lock().expect("no panic").messages_read
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    // Without this, delayed acknowledgements cost 40 ms a message.
    stream.set_nodelay(true)?;
    let behaviour = || state.lock().expect("no panic").behaviour;
    state.lock().expect("no panic").connections += 1;
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
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").await?;
                let bytes = message(&mut stream).await?;
                let now = behaviour();
                {
                    let mut state = state.lock().expect("no panic");
                    state.messages_read += 1;
                    if matches!(now, Behaviour::Accept | Behaviour::KeepThenClose | Behaviour::KeepThenHang) {
                        state.kept.push(bytes);
                    }
                }
                match now {
                    Behaviour::KeepThenHang => std::future::pending::<()>().await,
                    Behaviour::CloseBeforeAnswer | Behaviour::KeepThenClose => return Ok(()),
                    _ => {}
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

/// Reads to the lonely dot, undoing the doubled ones.
async fn message(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 || line == b".\r\n" {
            return Ok(bytes);
        }
        let start = usize::from(line.starts_with(b".."));
        bytes.extend_from_slice(&line[start..]);
    }
}
