//! Figures for Prometheus. Label values come from fixed lists, but for the names of operations: those are learnt from
//! clients, 200 at most. So the number of figures is bounded.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use prometheus::{Encoder, HistogramOpts, HistogramVec, IntGauge, Registry, TextEncoder};

/// Most names of operations with figures of their own (ours).
const NAMES: usize = 200;
/// Length of the longest such name (ours).
const NAME_LENGTH: usize = 64;

/// First parts of the addresses that have figures of their own.
const PLACES: &[&str] = &[
    "graphql",
    "operations",
    "comites",
    "invitations",
    "connexion",
    "temoignages",
    "healthz",
    "readyz",
    "metrics",
];

/// The server's figures.
pub struct Metrics {
    registry: Registry,
    operations: HistogramVec,
    http: HistogramVec,
    /// Names of operations that have figures of their own.
    names: Mutex<HashSet<String>>,
    /// Open WebSockets.
    pub sockets: IntGauge,
    /// Running subscriptions.
    pub subscriptions: IntGauge,
    /// Highest live event number heard from the stream.
    pub live_event: IntGauge,
}

impl Metrics {
    /// Registers every figure.
    ///
    /// # Errors
    /// Never in practice: names are constants and distinct.
    pub fn new() -> anyhow::Result<Self> {
        let registry = Registry::new();
        let operations = HistogramVec::new(
            HistogramOpts::new(
                "spp_graphql_operation_seconds",
                "Time to answer a GraphQL operation over HTTP",
            )
            .buckets(vec![0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]),
            &["type", "outcome", "operation"],
        )?;
        registry.register(Box::new(operations.clone()))?;
        let http = HistogramVec::new(
            HistogramOpts::new(
                "spp_http_seconds",
                "Time to answer an HTTP request, until its first byte",
            )
            .buckets(vec![0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]),
            &["place", "status"],
        )?;
        registry.register(Box::new(http.clone()))?;
        let gauge = |name: &str, help: &str| -> anyhow::Result<IntGauge> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        Ok(Self {
            operations,
            http,
            names: Mutex::default(),
            sockets: gauge("spp_sockets", "Open WebSockets")?,
            subscriptions: gauge("spp_subscriptions", "Running subscriptions")?,
            live_event: gauge(
                "spp_live_event_number",
                "Highest live event number heard from the stream",
            )?,
            registry,
        })
    }

    /// Counts an HTTP request and its time, by the first part of its path and the class of its status.
    pub fn answered(&self, path: &str, status: u16, took: Duration) {
        let first = path.split('/').nth(1).unwrap_or_default();
        let place = PLACES.iter().find(|place| **place == first).unwrap_or(&"other");
        let class = format!("{}xx", status / 100);
        self.http.with_label_values(&[place, class.as_str()]).observe(took.as_secs_f64());
    }

    /// Counts an operation and its time. Names have figures of their own when somebody who is logged in used them
    /// first, up to 200; the others are counted together, so that nobody can make figures without end.
    pub fn operation(
        &self,
        kind: OperationType,
        succeeded: bool,
        took: Duration,
        name: Option<&str>,
        logged_in: bool,
    ) {
        let name = match name {
            None => "none",
            Some(name) if self.knows(name, logged_in) => name,
            Some(_) => "other",
        };
        let kind = match kind {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        let outcome = if succeeded { "ok" } else { "error" };
        self.operations.with_label_values(&[kind, outcome, name]).observe(took.as_secs_f64());
    }

    fn knows(&self, name: &str, learn: bool) -> bool {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let room = learn && names.len() < NAMES && name.len() <= NAME_LENGTH;
        names.contains(name) || (room && names.insert(name.to_owned()))
    }

    /// In Prometheus' text format.
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            tracing::warn!(%error, "metrics could not be encoded");
        }
        String::from_utf8(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_add_no_figures_and_nobody_adds_them_without_end() {
        let metrics = Metrics::new().expect("distinct names");
        let count = |name: Option<&str>, logged_in| {
            metrics.operation(OperationType::Query, true, Duration::ZERO, name, logged_in);
        };
        count(Some("Stranger"), false);
        count(Some("Page"), true);
        count(Some("Page"), false);
        count(None, true);
        count(Some(&"x".repeat(NAME_LENGTH + 1)), true);
        let text = metrics.text();
        let seen = |name: &str, times: usize| {
            let line = format!(
                "spp_graphql_operation_seconds_count{{operation=\"{name}\",outcome=\"ok\",type=\"query\"}} {times}"
            );
            assert!(text.contains(&line), "{line} is not in {text}");
        };
        seen("Page", 2);
        seen("none", 1);
        seen("other", 2);
        for number in 0..2 * NAMES {
            count(Some(&format!("Name{number}")), true);
        }
        assert!(
            metrics.text().lines().filter(|line| line.contains("_count{")).count() <= NAMES + 2
        );
    }
}
