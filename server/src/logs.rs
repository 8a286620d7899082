//! Structured logs and traces: `SPP_LOG` filters the log, `SPP_LOG_FORMAT=json` is for machines.

use schema::foundation::trace::{self, Exporter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Starts logging to standard error, and exporting traces when a collector is named: until what it gives is dropped.
/// Logs and traces carry ids, never personal data.
///
/// # Errors
/// When the collector's address cannot be used.
pub fn start() -> anyhow::Result<Option<Exporter>> {
    let filter = EnvFilter::try_from_env("SPP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // It names the addresses of those whose connections it closes: never.
    let filter = filter.add_directive("poem::server=warn".parse()?);
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = if std::env::var("SPP_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().boxed()
    } else {
        log.with_target(false).compact().boxed()
    };
    let (traces, exporter) = trace::layer("server")?.unzip();
    tracing_subscriber::registry().with(log.with_filter(filter)).with(traces).init();
    Ok(exporter)
}
