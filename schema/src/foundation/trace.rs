//! Traces: where in one the present work stands, and how to go on from there in another process.
//!
//! The exporter is off unless `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector; then every door sends its spans
//! there. Both doors start it, and jobs carry the trace between them, so it lives here and not in a door.

use std::collections::HashMap;

use anyhow::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, filter::LevelFilter};

/// The name under which the context of a trace travels.
const HEADER: &str = "traceparent";
/// The settings that name a collector; either switches the exporter on.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// The place of the present span in its trace, as a W3C `traceparent`; `None` while nothing is exported.
pub fn current() -> Option<String> {
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
    carrier.remove(HEADER)
}

/// Makes a span the child of a place in a trace. What cannot be read begins a trace of its own.
pub fn go_on(span: &Span, from: Option<&str>) {
    let Some(from) = from else { return };
    let carrier = HashMap::from([(HEADER.to_owned(), from.to_owned())]);
    // Refused only while nothing is exported.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
}

/// A layer of the log.
pub type Boxed<S> = Box<dyn Layer<S> + Send + Sync>;

/// Sends what is left when it is dropped.
pub struct Exporter(SdkTracerProvider);

impl Drop for Exporter {
    fn drop(&mut self) {
        // A collector that is away must not keep a program from ending well.
        let _ = self.0.shutdown();
    }
}

/// The layer that exports spans of this product under the name of a program; `None` when no collector is named.
///
/// # Errors
/// When the collector's address cannot be used.
pub fn layer<S>(program: &'static str) -> anyhow::Result<Option<(Boxed<S>, Exporter)>>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    if ENDPOINTS.iter().all(|name| std::env::var_os(name).is_none()) {
        return Ok(None);
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .build()
        .context("OTEL_EXPORTER_OTLP_ENDPOINT: http://host:4318")?;
    let resource = Resource::builder().with_service_name(format!("spp-{program}")).build();
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("spp"));
    // Our own spans only, whatever is logged: libraries' spans may name what they were given.
    let ours = Targets::new()
        .with_target("server", LevelFilter::INFO)
        .with_target("worker", LevelFilter::INFO)
        .with_target("schema", LevelFilter::INFO);
    Ok(Some((layer.with_filter(ours).boxed(), Exporter(provider))))
}
