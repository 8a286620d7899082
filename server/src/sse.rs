//! `/graphql` over server-sent events, each operation on a connection of its own (the « distinct connections » mode
//! of GraphQL over SSE): for clients behind proxies that let no WebSocket through.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use futures_util::StreamExt;
use poem::http::{HeaderMap, StatusCode};
use poem::{Body, Response, ResponseBuilder};
use schema::graphql::loaders;
use serde::Serialize;
use serde_json::json;

use crate::authentication::Recognised;
use crate::http::{finish, tell_cost};
use crate::operation;
use crate::problem::Problem;
use crate::request::Parsed;
use crate::routes::Door;

/// What clients accept that want events.
const MEDIA: &str = "text/event-stream";
/// A comment is sent this often, so that proxies keep the connection and dead peers are noticed (ours).
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// The last event.
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// Whether a request asks for events.
pub fn wanted(headers: &HeaderMap) -> bool {
    let accept = headers.get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let refused = |part: &str| {
            let quality = part.strip_prefix("q=").map(str::parse::<f32>);
            matches!(quality, Some(Ok(0.0)))
        };
        parts.next() == Some(MEDIA) && !parts.any(refused)
    })
}

/// Answers an operation that cannot run as one result and the end: whoever accepts nothing but events can read no other
/// answer, and browsers tell nothing of what has another status.
pub fn refusal(problem: &Problem) -> Response {
    let told = json!({ "errors": [problem.error()] });
    events().body(next(&told) + COMPLETE)
}

/// Answers an operation as events: `next` for each result, `complete` at the end. When the session ends, or the
/// server stops, the events end without `complete`: the client asks again.
pub fn respond(door: &Door, who: Recognised, parsed: Parsed) -> Response {
    // As many at once as sockets, and counted with them.
    let pass = door.sockets.enter(&who.caller.origin);
    if pass.is_none() && parsed.operation == OperationType::Subscription {
        let message = "Trop de connexions ouvertes depuis votre adresse : fermez-en.";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "LIMIT_EXCEEDED", message);
        return problem.respond("application/json; charset=utf-8");
    }
    let (door, document, name, cost) = (door.clone(), parsed.document, parsed.name, parsed.cost);
    let request = loaders::attach(parsed.request.data(who.caller.clone()), &door.app.pool);
    let kind = parsed.operation;
    let span = operation::span(&who.caller, kind, parsed.label.as_deref());
    let mut answers = operation::answers(&door, request, kind, &who.caller.request_id, span);
    let told = async_stream::stream! {
        let _pass = pass;
        let mut alive = tokio::time::interval(ALIVE_EVERY);
        alive.tick().await;
        loop {
            let left = who.time_left(&door.app);
            tokio::select! {
                () = door.stop.cancelled() => return,
                () = tokio::time::sleep(left.unwrap_or_default()), if left.is_some() => return,
                _ = alive.tick() => {
                    if !who.still_holds(&door.app).await {
                        return;
                    }
                    yield Ok::<_, std::io::Error>(":\n\n".to_owned());
                }
                answer = answers.next() => {
                    let Some(mut answer) = answer else { break };
                    finish(&mut answer, &document.parsed, name.as_deref());
                    tell_cost(&mut answer, cost);
                    let failed = answer.data == async_graphql::Value::Null && !answer.errors.is_empty();
                    yield Ok(next(&answer));
                    if failed && kind == OperationType::Subscription {
                        break;
                    }
                }
            }
        }
        yield Ok(COMPLETE.to_owned());
    };
    events().body(Body::from_bytes_stream(told))
}

/// A result as an event: members of an answer stand in the document's order.
fn next(told: &impl Serialize) -> String {
    // Nothing of ours cannot be written.
    let text = serde_json::to_string(told).unwrap_or_default();
    format!("event: next\ndata: {text}\n\n")
}

/// What every stream of events says of itself.
fn events() -> ResponseBuilder {
    Response::builder()
        .content_type("text/event-stream; charset=utf-8")
        .header("cache-control", "no-cache")
        // Proxies that gather answers would hold events back.
        .header("x-accel-buffering", "no")
}
