//! Where messages go: the worker sends them, and what it sends to can be looked at from here when this program has the
//! same environment.

use std::net::IpAddr;
use std::path::Path;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use url::Url;

use super::{Found, PATIENCE};

const ADVICE: &str = "Check SPP_MAIL, the mail server and the network between.";

/// Looks at the target of `SPP_MAIL`.
pub(super) async fn look(target: Option<&str>) -> Found {
    let Some(target) = target else {
        return Found::Odd(
            "SPP_MAIL is not set here, so nothing was looked at".to_owned(),
            "Run this with the worker's environment to look at the mail server, too.",
        );
    };
    if let Some(path) = target.strip_prefix("dir:").filter(|path| !path.is_empty()) {
        return folder(path);
    }
    match Server::read(target) {
        Ok(server) => server.knock().await,
        Err(why) => Found::Wrong(why.to_owned(), ADVICE),
    }
}

/// Only a file that was made there says that files can be: rights are more than bits, and disks can be sealed.
fn folder(path: &str) -> Found {
    let folder = Path::new(path);
    if !folder.exists() && folder.ancestors().find(|above| above.exists()).is_some_and(Path::is_dir)
    {
        return Found::Odd(
            format!("{path} does not exist yet"),
            "The worker makes the folder when it starts, if it may.",
        );
    }
    let probe = folder.join(format!(".{}.probe", uuid::Uuid::new_v4()));
    match std::fs::write(&probe, "").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Found::Well(format!("written to the folder {path}, and not sent")),
        Err(error) => Found::Wrong(format!("{path} is no folder to write to: {error}"), ADVICE),
    }
}

/// A mail server, as the worker reads the same text (`worker/src/mail/target.rs`).
#[derive(Debug, PartialEq, Eq)]
struct Server {
    host: String,
    port: u16,
    /// Encrypted from the first byte, so that nothing is greeted in the clear.
    implicit: bool,
}

impl Server {
    /// What the worker would refuse is told without repeating it: it may hold a password.
    fn read(target: &str) -> Result<Self, &'static str> {
        let unknown = "SPP_MAIL is none of dir:/path, smtp://host, smtp://host?tls=required (or opportunistic) and smtps://host";
        let url = Url::parse(target).map_err(|_| unknown)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(unknown)?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value);
        let (port, implicit, safe) = match (url.scheme(), tls.as_deref()) {
            ("smtp", None) => (25, false, false),
            ("smtp", Some("opportunistic")) => (587, false, false),
            ("smtp", Some("required")) => (587, false, true),
            ("smtps", None) => (465, true, true),
            _ => return Err(unknown),
        };
        let here = host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if url.password().is_some() && !safe && !here {
            return Err(
                "SPP_MAIL has a password that would travel in the clear: add ?tls=required, or use smtps://",
            );
        }
        Ok(Self { host, port: url.port().unwrap_or(port), implicit })
    }

    async fn knock(&self) -> Found {
        let place = format!("{}:{}", self.host, self.port);
        match tokio::time::timeout(PATIENCE, self.greeting()).await {
            Ok(Ok(())) if self.implicit => Found::Well(format!("{place} takes connections")),
            Ok(Ok(())) => Found::Well(format!("{place} greets")),
            Ok(Err(error)) => Found::Wrong(format!("{place}: {error}"), ADVICE),
            Err(_) => Found::Wrong(format!("{place}: no greeting in 5 seconds"), ADVICE),
        }
    }

    /// Connects and, unless it would have to be deciphered, reads the greeting.
    async fn greeting(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        if self.implicit {
            return Ok(());
        }
        let mut code = [0; 3];
        stream.read_exact(&mut code).await?;
        if &code == b"220" {
            Ok(())
        } else {
            let code = String::from_utf8_lossy(&code).into_owned();
            Err(std::io::Error::other(format!("it greets with {code} instead of 220")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_as_the_worker_reads_it() {
        for (target, host, port, implicit) in [
            ("smtp://mail.example", "mail.example", 25, false),
            ("smtp://mail.example?tls=opportunistic", "mail.example", 587, false),
            ("smtp://u:p@mail.example?tls=required", "mail.example", 587, false),
            ("smtp://mail.example:2525?tls=required", "mail.example", 2525, false),
            ("smtps://u:p@mail.example", "mail.example", 465, true),
            ("smtp://u:p@[::1]:2525", "::1", 2525, false),
            ("smtp://u:p@127.0.0.1", "127.0.0.1", 25, false),
        ] {
            let expected = Server { host: host.to_owned(), port, implicit };
            assert_eq!(Server::read(target), Ok(expected), "{target}");
        }
        for wrong in [
            "",
            "dir:",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://mail.example?tls=maybe",
            "smtps://mail.example?tls=required",
            "smtp://user:secret@mail.example",
            "smtp://user:secret@mail.example?tls=opportunistic",
        ] {
            let told = Server::read(wrong).expect_err(wrong);
            assert!(!told.contains("secret"), "{told}");
        }
    }
}
