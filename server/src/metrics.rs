//! Figures for Prometheus. Label values come from fixed lists, so their number is bounded.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use prometheus::{Encoder, HistogramOpts, HistogramVec, IntGauge, Registry, TextEncoder};

/// The server's figures.
pub struct Metrics {
    registry: Registry,
    operations: HistogramVec,
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
            &["type", "outcome"],
        )?;
        registry.register(Box::new(operations.clone()))?;
        let gauge = |name: &str, help: &str| -> anyhow::Result<IntGauge> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        Ok(Self {
            operations,
            sockets: gauge("spp_sockets", "Open WebSockets")?,
            subscriptions: gauge("spp_subscriptions", "Running subscriptions")?,
            live_event: gauge(
                "spp_live_event_number",
                "Highest live event number heard from the stream",
            )?,
            registry,
        })
    }

    /// Counts an operation and its time.
    pub fn operation(&self, kind: OperationType, succeeded: bool, took: Duration) {
        let kind = match kind {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        let outcome = if succeeded { "ok" } else { "error" };
        self.operations.with_label_values(&[kind, outcome]).observe(took.as_secs_f64());
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
