//! What the server is told by its environment.

use anyhow::Context;
use schema::foundation::settings::Settings;

use crate::federation::FederationSettings;
use crate::origins::Origins;

/// Settings of the server program. The domain's own are in [`Settings`].
#[derive(Debug, Clone)]
pub struct Config {
    /// PostgreSQL (`DATABASE_URL`).
    pub database_url: String,
    /// Redis (`REDIS_URL`); without it live events wait, everything else works.
    pub redis_url: Option<String>,
    /// Address to listen on (`SPP_LISTEN`, default `127.0.0.1:8000`).
    pub listen: String,
    /// Most connections to PostgreSQL (`SPP_POOL_SIZE`, default 8).
    pub pool_size: usize,
    /// Most documents kept parsed (`SPP_DOCUMENT_CACHE`, default 1000).
    pub document_cache: usize,
    /// Whether `X-Forwarded-For` is written by a proxy of ours (`SPP_TRUST_FORWARDED`, `on` or `off`,
    /// default off): without it, behind a proxy, everybody shares one count of failed log-ins.
    pub trust_forwarded: bool,
    /// Longest time of an operation (`SPP_TIME_LIMIT_SECONDS`, default 30).
    pub time_limit: std::time::Duration,
    /// A WebSocket client that has not introduced itself by then is disconnected (`SPP_SOCKET_INIT_SECONDS`, default 10).
    pub socket_init_time: std::time::Duration,
    /// A logged-in socket's session is looked at this often (`SPP_SOCKET_CHECK_SECONDS`, default 30).
    pub socket_check_time: std::time::Duration,
    /// Most sockets of one network address (`SPP_SOCKETS_PER_CLIENT`, default 100).
    pub sockets_per_client: usize,
    /// Web sites that may talk to this server from a browser (`SPP_ALLOWED_ORIGINS`, separated by commas; any by
    /// default).
    pub origins: Origins,
    /// Trusted documents, by their SHA-256 (`SPP_TRUSTED_DOCUMENTS`, a file; none by default).
    pub trusted_documents: Option<std::path::PathBuf>,
    /// Whether nothing but trusted documents is accepted (`SPP_TRUSTED_ONLY`, `on` or `off`, default off).
    pub trusted_only: bool,
    /// The log-in through an OpenID provider (`SPP_OIDC_ISSUER` and its neighbours); none by default.
    pub federation: Option<FederationSettings>,
    /// The domain's settings.
    pub settings: Settings,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a variable is missing or cannot be read; the message names it.
    pub fn from_env() -> anyhow::Result<Self> {
        let whole = |name: &str, default: usize| match std::env::var(name) {
            Err(_) => Ok(default),
            Ok(text) => text.parse().with_context(|| format!("{name} must be a whole number")),
        };
        Ok(Self {
            database_url: std::env::var("DATABASE_URL")
                .context("DATABASE_URL is not set; « ./dev env » prints one")?,
            redis_url: std::env::var("REDIS_URL").ok(),
            listen: std::env::var("SPP_LISTEN").unwrap_or_else(|_| "127.0.0.1:8000".into()),
            pool_size: whole("SPP_POOL_SIZE", 8)?,
            document_cache: whole("SPP_DOCUMENT_CACHE", 1000)?,
            trust_forwarded: std::env::var("SPP_TRUST_FORWARDED").is_ok_and(|value| value == "on"),
            time_limit: std::time::Duration::from_secs(whole("SPP_TIME_LIMIT_SECONDS", 30)? as u64),
            socket_init_time: std::time::Duration::from_secs(
                whole("SPP_SOCKET_INIT_SECONDS", 10)? as u64
            ),
            socket_check_time: std::time::Duration::from_secs(
                whole("SPP_SOCKET_CHECK_SECONDS", 30)?.max(1) as u64,
            ),
            sockets_per_client: whole("SPP_SOCKETS_PER_CLIENT", 100)?,
            origins: Origins::parse(&std::env::var("SPP_ALLOWED_ORIGINS").unwrap_or_default()),
            trusted_documents: std::env::var_os("SPP_TRUSTED_DOCUMENTS").map(Into::into),
            trusted_only: std::env::var("SPP_TRUSTED_ONLY").is_ok_and(|value| value == "on"),
            federation: FederationSettings::from_env()?,
            settings: Settings::from_env()?,
        })
    }
}
