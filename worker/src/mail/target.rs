//! Where messages go, as written in `SPP_MAIL`.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use url::Url;

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Target {
    /// A folder, one file per message.
    Directory(PathBuf),
    /// A mail server.
    Smtp(Box<MailServer>),
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) credentials: Option<Credentials>,
}

/// How the connection is protected.
#[derive(Clone)]
pub(super) enum Encryption {
    /// Not at all.
    None,
    /// By STARTTLS if the server offers it.
    Opportunistic(TlsParameters),
    /// By STARTTLS or nothing is sent.
    Required(TlsParameters),
    /// From the first byte.
    Implicit(TlsParameters),
}

impl std::fmt::Debug for Encryption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Opportunistic(_) => "Opportunistic",
            Self::Required(_) => "Required",
            Self::Implicit(_) => "Implicit",
        })
    }
}

impl Target {
    /// Reads a target; `ca` are further certificates to trust, as PEM.
    ///
    /// # Errors
    /// When it cannot be read, or would send a password in the clear over a network.
    pub fn parse(text: &str, ca: Option<&[u8]>) -> anyhow::Result<Self> {
        if let Some(path) = text.strip_prefix("dir:") {
            ensure!(!path.is_empty(), "dir: needs a path, as dir:/var/spool/mail");
            return Ok(Self::Directory(path.into()));
        }
        // The text itself stays out of the message: it may hold a password.
        let url = Url::parse(text).context("use dir:/path, smtp://host:port or smtps://host")?;
        let host = url.host_str().context("the mail server's name is missing")?.to_owned();
        let tls =
            url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let parameters = || tls_parameters(&host, ca);
        let (encryption, port) = match (url.scheme(), tls.as_deref()) {
            ("smtp", None) => (Encryption::None, 25),
            ("smtp", Some("opportunistic")) => (Encryption::Opportunistic(parameters()?), 587),
            ("smtp", Some("required")) => (Encryption::Required(parameters()?), 587),
            ("smtps", None) => (Encryption::Implicit(parameters()?), 465),
            (scheme, _) => bail!(
                "« {scheme}: » with these options is not known; use smtp://, smtp://…?tls=required or smtps://"
            ),
        };
        let credentials = match url.password() {
            None => None,
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
        };
        let clear = matches!(encryption, Encryption::None | Encryption::Opportunistic(_));
        ensure!(
            credentials.is_none() || !clear || is_here(&host),
            "a password would travel in the clear: add ?tls=required or use smtps://"
        );
        let port = url.port().unwrap_or(port);
        Ok(Self::Smtp(Box::new(MailServer { host, port, encryption, credentials })))
    }
}

fn tls_parameters(host: &str, ca: Option<&[u8]>) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = ca {
        for certificate in pem_blocks(pem)? {
            builder = builder.add_root_certificate(Certificate::from_pem(certificate.as_bytes())?);
        }
    }
    Ok(builder.build()?)
}

/// The certificates of a file, one by one.
fn pem_blocks(pem: &[u8]) -> anyhow::Result<Vec<String>> {
    const END: &str = "-----END CERTIFICATE-----";
    let text = std::str::from_utf8(pem).context("the certificates are not PEM")?;
    let blocks: Vec<String> = text
        .split_inclusive(END)
        .filter(|block| block.ends_with(END))
        .map(|block| format!("{block}\n"))
        .collect();
    ensure!(!blocks.is_empty(), "no certificate in the file");
    Ok(blocks)
}

/// Whether the server runs on this machine. The host of a scheme that the URL standard does not know
/// stays text, numbers too.
fn is_here(host: &str) -> bool {
    let number: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || number.is_ok_and(|ip| ip.is_loopback())
}

fn decoded(text: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let pair = rest.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
            let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
            bytes.push(byte.context("a % in user or password is not followed by two digits")?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).context("user or password are not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> MailServer {
        match Target::parse(text, None).expect(text) {
            Target::Smtp(server) => *server,
            Target::Directory(path) => panic!("{path:?}"),
        }
    }

    #[test]
    fn targets_are_read_with_their_usual_ports() {
        assert!(
            matches!(Target::parse("dir:/tmp/x", None), Ok(Target::Directory(path)) if path.ends_with("x"))
        );
        let plain = server("smtp://127.0.0.1");
        assert!(matches!(plain.encryption, Encryption::None) && plain.port == 25);
        let starttls = server("smtp://user:p%40ss@mail.example?tls=required");
        assert!(matches!(starttls.encryption, Encryption::Required(_)) && starttls.port == 587);
        assert!(starttls.credentials.is_some());
        let implicit = server("smtps://mail.example:4650");
        assert!(matches!(implicit.encryption, Encryption::Implicit(_)) && implicit.port == 4650);
    }

    #[test]
    fn a_password_never_travels_in_the_clear() {
        for open in [
            "smtp://u:p@mail.example",
            "smtp://u:p@10.0.0.1",
            "smtp://u:p@mail.example?tls=opportunistic",
        ] {
            let refused = Target::parse(open, None).expect_err(open).to_string();
            assert!(refused.contains("tls=required") && !refused.contains("u:p"), "{refused}");
        }
        assert!(server("smtp://u:p@localhost:2525").credentials.is_some());
        assert!(server("smtp://u:p@127.0.0.1:2525").credentials.is_some());
        assert!(server("smtp://u:p@[::1]:2525").credentials.is_some());
    }

    #[test]
    fn nonsense_is_refused_without_repeating_it() {
        for text in [
            "",
            "dir:",
            "mail.example",
            "http://x",
            "smtp://",
            "smtp://h?tls=maybe",
            "smtps://u:%zz@h",
        ] {
            assert!(Target::parse(text, None).is_err(), "{text}");
        }
        assert_eq!(decoded("a%20%C3%A9").expect("text"), "a é");
    }
}
