//! Structured logs: `SPP_LOG` filters them, `SPP_LOG_FORMAT=json` is for machines.

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. Logs carry ids, never personal data.
pub fn start() {
    let filter = EnvFilter::try_from_env("SPP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("SPP_LOG_FORMAT").is_ok_and(|format| format == "json") {
        logs.json().init();
    } else {
        logs.with_target(false).compact().init();
    }
}
