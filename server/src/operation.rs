//! Running an operation whose answers travel one by one, over a socket or as events.

use std::panic::AssertUnwindSafe;

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use schema::foundation::actor::Caller;
use schema::foundation::error::Error;
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

/// Runs an operation that has one answer to its end, within its time. A mutation goes on when the client hangs up:
/// half a use case is never left behind, and its answer would only be lost.
pub(crate) async fn whole(
    door: &Door,
    request: Request,
    kind: OperationType,
    request_id: String,
    span: Span,
) -> Response {
    let (schema, limit) = (door.schema.clone(), door.time_limit);
    let id = request_id.clone();
    let work = async move { in_time(limit, &id, schema.execute(request)).await };
    let work = AssertUnwindSafe(work.instrument(span)).catch_unwind();
    let done = match kind {
        OperationType::Mutation => tokio::spawn(work).await.ok().and_then(Result::ok),
        OperationType::Query | OperationType::Subscription => work.await.ok(),
    };
    done.unwrap_or_else(|| broken(&request_id))
}

/// The answers of an operation: those of a subscription as they come, else one.
pub(crate) fn answers(
    door: &Door,
    request: Request,
    kind: OperationType,
    request_id: &str,
    span: Span,
) -> BoxStream<'static, Response> {
    let (door, id) = (door.clone(), request_id.to_owned());
    if kind == OperationType::Subscription {
        let counted = Counted::new(door.metrics.clone());
        let answers = AssertUnwindSafe(door.schema.execute_stream(request)).catch_unwind();
        let answers = answers.map(move |answer| answer.unwrap_or_else(|_| broken(&id)));
        return answers.inspect(move |_| _ = &counted).boxed();
    }
    futures_util::stream::once(async move { whole(&door, request, kind, id, span).await }).boxed()
}

/// The answer where a bug stopped the work.
fn broken(request_id: &str) -> Response {
    let error = Error::Internal(anyhow::anyhow!("the operation panicked"));
    let told = error.into_graphql(request_id).into_server_error(Default::default());
    Response::from_errors(vec![told])
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
