//! Running an operation whose answers travel one by one, over a socket or as events.

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use schema::foundation::actor::Caller;
use schema::foundation::trace;
use tracing::{Instrument, Span};

use crate::http::in_time;
use crate::metrics::Metrics;
use crate::routes::Door;

/// The span of an operation, in the trace of its request.
pub(crate) fn span(caller: &Caller, kind: OperationType, label: Option<&str>) -> Span {
    let name = format!("{kind} {}", label.unwrap_or("unnamed"));
    let request_id = caller.request_id.as_str();
    let span = tracing::info_span!("graphql", otel.name = name, otel.kind = "server", request_id);
    trace::go_on(&span, caller.trace.as_deref());
    span
}

/// The answers of an operation: those of a subscription as they come, else one, within its time.
pub(crate) fn answers(
    door: &Door,
    request: Request,
    kind: OperationType,
    request_id: &str,
    span: Span,
) -> BoxStream<'static, Response> {
    let schema = door.schema.clone();
    if kind == OperationType::Subscription {
        let counted = Counted::new(door.metrics.clone());
        let answers = schema.execute_stream(request);
        return answers.inspect(move |_| _ = &counted).boxed();
    }
    let (limit, id) = (door.time_limit, request_id.to_owned());
    let work = async move { in_time(limit, &id, schema.execute(request)).await };
    futures_util::stream::once(work.instrument(span)).boxed()
}

/// Counts a running subscription until it is dropped, however it ends.
struct Counted(std::sync::Arc<Metrics>);

impl Counted {
    fn new(metrics: std::sync::Arc<Metrics>) -> Self {
        metrics.subscriptions.inc();
        Self(metrics)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.subscriptions.dec();
    }
}
