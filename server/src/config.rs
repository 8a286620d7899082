//! What the server is told by its environment.

use anyhow::Context;
use schema::foundation::settings::Settings;

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
            settings: Settings::from_env()?,
        })
    }
}
