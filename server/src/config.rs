//! What the server is told by its environment.

use std::time::Duration;

use anyhow::Context;
use schema::foundation::settings::{Settings, number, on_or_off};

use crate::federation::FederationSettings;
use crate::limits::BODY_TIME;
use crate::origins::Origins;
use crate::serve::IDLE_TIME;

/// Longest time that a setting accepts, in seconds (ours): a day.
const LONGEST: i64 = 86_400;

/// Settings of the server program. The domain's own are in [`Settings`].
#[derive(Debug, Clone)]
pub struct Config {
    /// PostgreSQL (`DATABASE_URL`).
    pub database_url: String,
    /// Redis (`REDIS_URL`); without it live events wait, everything else works.
    pub redis_url: Option<String>,
    /// Address to listen on (`SPP_LISTEN`, default `127.0.0.1:8000`).
    pub listen: String,
    /// Most connections to PostgreSQL (`SPP_POOL_SIZE`, default 8, 1 to 1000).
    pub pool_size: usize,
    /// Most documents kept parsed (`SPP_DOCUMENT_CACHE`, default 1000, 1 to 1,000,000).
    pub document_cache: usize,
    /// Whether `X-Forwarded-For` is written by a proxy of ours (`SPP_TRUST_FORWARDED`, `on` or `off`,
    /// default off): without it, behind a proxy, everybody shares one count of failed log-ins.
    pub trust_forwarded: bool,
    /// Longest time of an operation (`SPP_TIME_LIMIT_SECONDS`, default 30; like the other times, 1 to 86,400).
    pub time_limit: Duration,
    /// A WebSocket client that has not introduced itself by then is disconnected (`SPP_SOCKET_INIT_SECONDS`, default 10).
    pub socket_init_time: Duration,
    /// A logged-in socket's session is looked at this often (`SPP_SOCKET_CHECK_SECONDS`, default 30).
    pub socket_check_time: Duration,
    /// Most sockets of one network address (`SPP_SOCKETS_PER_CLIENT`, default 100, 1 to 1,000,000).
    pub sockets_per_client: usize,
    /// Longest time that the body of a request takes to arrive: [`BODY_TIME`], unless a test has less patience.
    pub body_time: Duration,
    /// A connection that is silent for so long is closed: [`IDLE_TIME`], unless a test has less patience.
    pub idle_time: Duration,
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
        let whole = |name: &str, default: i64, most: i64| {
            number(name, default, 1, most).and_then(|number| Ok(usize::try_from(number)?))
        };
        let seconds = |name: &str, default: i64| {
            number(name, default, 1, LONGEST)
                .and_then(|number| Ok(Duration::from_secs(u64::try_from(number)?)))
        };
        Ok(Self {
            database_url: std::env::var("DATABASE_URL")
                .context("DATABASE_URL is not set; « ./dev env » prints one")?,
            redis_url: std::env::var("REDIS_URL").ok(),
            listen: std::env::var("SPP_LISTEN").unwrap_or_else(|_| "127.0.0.1:8000".into()),
            pool_size: whole("SPP_POOL_SIZE", 8, 1000)?,
            document_cache: whole("SPP_DOCUMENT_CACHE", 1000, 1_000_000)?,
            trust_forwarded: on_or_off("SPP_TRUST_FORWARDED", false)?,
            time_limit: seconds("SPP_TIME_LIMIT_SECONDS", 30)?,
            socket_init_time: seconds("SPP_SOCKET_INIT_SECONDS", 10)?,
            socket_check_time: seconds("SPP_SOCKET_CHECK_SECONDS", 30)?,
            sockets_per_client: whole("SPP_SOCKETS_PER_CLIENT", 100, 1_000_000)?,
            body_time: BODY_TIME,
            idle_time: IDLE_TIME,
            origins: Origins::parse(&std::env::var("SPP_ALLOWED_ORIGINS").unwrap_or_default())?,
            trusted_documents: std::env::var_os("SPP_TRUSTED_DOCUMENTS").map(Into::into),
            trusted_only: on_or_off("SPP_TRUSTED_ONLY", false)?,
            federation: FederationSettings::from_env()?,
            settings: Settings::from_env()?,
        })
    }
}
