//! Messages to a mail server, command by command, so that we know what may have left.
//!
//! Until the message's last line is written nothing can have been delivered: whatever fails before is
//! simply tried again. Only between that line and the server's answer is the fate of a message unknown.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;

use super::Failure;
use super::message::Parcel;
use super::target::{Encryption, MailServer};
use crate::crash::{self, Point};

/// Servers hang up on connections that idle longer than a few minutes; we do first.
const IDLE: Duration = Duration::from_secs(30);
/// For the courtesies of an end, that nobody should wait for.
const COURTESY: Duration = Duration::from_secs(1);

/// A mail server and the connections kept open to it: as many at most as messages go out at once,
/// because each was opened by a job that had a slot.
pub(super) struct Smtp {
    server: Box<MailServer>,
    hello: ClientId,
    limit: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Smtp {
    pub(super) fn new(server: Box<MailServer>, hello: &str, limit: Duration) -> Self {
        Self { server, hello: ClientId::Domain(hello.to_owned()), limit, idle: Mutex::default() }
    }

    pub(super) async fn send(
        &self,
        parcel: &Parcel,
        leaving: impl AsyncFnOnce() -> bool,
    ) -> Result<(), Failure> {
        // Everything that can be refused beforehand is, including the DATA command.
        let mut conn = self.in_time(self.announce(parcel)).await?;
        if !leaving().await {
            // In the middle of DATA the only way back is to hang up: half a message is none.
            drop(conn);
            return Err(Failure::HeldBack);
        }
        crash::reach(Point::BeforeMessage);
        let sent = async { conn.message(&parcel.bytes).await.map_err(|e| judged(&e)) };
        self.in_time(sent).await?;
        crash::reach(Point::AfterData);
        self.keep(conn);
        Ok(())
    }

    /// Tells the good-byes of connections that idle.
    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for (mut conn, _) in idle {
            let _ = tokio::time::timeout(COURTESY, conn.quit()).await;
        }
    }

    /// lettre limits the time of the connection only; a server that hangs would hold a slot for ever.
    async fn in_time<T>(
        &self,
        step: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::time::timeout(self.limit, step).await.unwrap_or_else(|_| {
            Err(Failure::Temporary(format!("no answer for {} s", self.limit.as_secs())))
        })
    }

    /// A connection on which sender, recipient and the wish to send are accepted.
    async fn announce(&self, parcel: &Parcel) -> Result<AsyncSmtpConnection, Failure> {
        if let Some(mut conn) = self.reuse()
            && conn.command(Rset).await.is_ok()
        {
            return envelope(conn, parcel).await;
        }
        envelope(self.connect().await?, parcel).await
    }

    fn reuse(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(conn, since)| since.elapsed() < IDLE && !conn.has_broken());
        idle.pop().map(|(conn, _)| conn)
    }

    fn keep(&self, conn: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((conn, Instant::now()));
    }

    /// A refusal here is about us (address, certificate, password), not about a message: always
    /// worth another try, after somebody has mended it.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let at_fault =
            |error: Error| Failure::Temporary(format!("mail server not reached: {error}"));
        let address = (self.server.host.trim_matches(['[', ']']), self.server.port);
        let implicit = match &self.server.encryption {
            Encryption::Implicit(tls) => Some(tls.clone()),
            _ => None,
        };
        let limit = Some(self.limit);
        let mut conn =
            AsyncSmtpConnection::connect_tokio1(address, limit, &self.hello, implicit, None)
                .await
                .map_err(at_fault)?;
        let upgrade = match &self.server.encryption {
            Encryption::Required(tls) => Some(tls),
            Encryption::Opportunistic(tls) => Some(tls).filter(|_| conn.can_starttls()),
            Encryption::None | Encryption::Implicit(_) => None,
        };
        if let Some(tls) = upgrade {
            conn.starttls(tls.clone(), &self.hello).await.map_err(at_fault)?;
        }
        if let Some(credentials) = &self.server.credentials {
            let ways = [Mechanism::Plain, Mechanism::Login];
            conn.auth(&ways, credentials).await.map_err(at_fault)?;
        }
        Ok(conn)
    }
}

async fn envelope(
    mut conn: AsyncSmtpConnection,
    parcel: &Parcel,
) -> Result<AsyncSmtpConnection, Failure> {
    let said = async {
        conn.command(Mail::new(Some(parcel.from.clone()), vec![])).await?;
        conn.command(Rcpt::new(parcel.to.clone(), vec![])).await?;
        crash::reach(Point::BeforeData);
        conn.command(Data).await
    };
    match said.await {
        Ok(_) => Ok(conn),
        Err(error) => {
            let _ = tokio::time::timeout(COURTESY, conn.quit()).await;
            Err(judged(&error))
        }
    }
}

/// A 5xx is for ever; a 4xx, a closed connection or an answer that is none may pass.
fn judged(error: &Error) -> Failure {
    if error.is_permanent() || error.is_client() {
        Failure::Permanent(error.to_string())
    } else {
        Failure::Temporary(error.to_string())
    }
}
