//! `/graphql` over server-sent events, each operation on a connection of its own (the « distinct connections » mode
//! of GraphQL over SSE): for clients behind proxies that let no WebSocket through.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use futures_util::StreamExt;
use poem::{Body, Response};
use schema::foundation::error::Error;
use schema::graphql::loaders;
use schema::reference::account;
use serde_json::json;

use crate::authentication::Recognised;
use crate::http::{finish, in_time, tell_cost};
use crate::request::Parsed;
use crate::routes::Door;

/// What clients accept that want events.
pub const MEDIA: &str = "text/event-stream";
/// A comment is sent this often, so that proxies keep the connection and dead peers are noticed (ours).
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// Whether a request asks for events.
pub fn wanted(accept: Option<&str>) -> bool {
    let ranges = accept.unwrap_or_default().split(',');
    ranges.map(|range| range.split(';').next().unwrap_or_default().trim()).any(|one| one == MEDIA)
}

/// Answers an operation as events: `next` for each result, `complete` at the end. When the session ends, or the
/// server stops, the events end without `complete`: the client asks again.
pub fn respond(door: &Door, who: Recognised, parsed: Parsed) -> Response {
    let Recognised { caller, until } = who;
    let (request_id, actor) = (caller.request_id.clone(), caller.actor.clone());
    let (door, document, name, cost) = (door.clone(), parsed.document, parsed.name, parsed.cost);
    let request = loaders::attach(parsed.request.data(caller), &door.app.pool);
    let counted = crate::websocket::Counted::new(&door);
    let kind = parsed.operation;
    let events = async_stream::stream! {
        let _counted = counted;
        let schema = door.schema.clone();
        let mut answers = match kind {
            OperationType::Subscription => schema.execute_stream(request).boxed(),
            _ => {
                let (limit, id) = (door.time_limit, request_id.clone());
                let work = async move { in_time(limit, &id, schema.execute(request)).await };
                futures_util::stream::once(work).boxed()
            }
        };
        let mut alive = tokio::time::interval(ALIVE_EVERY);
        alive.tick().await;
        loop {
            let left = until.map(|until| (until - door.app.clock.now()).to_std().unwrap_or_default());
            tokio::select! {
                () = door.stop.cancelled() => return,
                () = tokio::time::sleep(left.unwrap_or_default()), if left.is_some() => return,
                _ = alive.tick() => {
                    // The session may have been ended elsewhere; an outage ends nothing.
                    let held = account::service::refresh(&door.app, &actor).await;
                    if matches!(held, Err(Error::Unauthenticated)) {
                        return;
                    }
                    yield Ok::<_, std::io::Error>(":\n\n".to_owned());
                }
                answer = answers.next() => {
                    let Some(mut answer) = answer else { break };
                    finish(&mut answer, &document, name.as_deref());
                    tell_cost(&mut answer, cost);
                    let failed = answer.data == async_graphql::Value::Null && !answer.errors.is_empty();
                    yield Ok(format!("event: next\ndata: {}\n\n", json!(answer)));
                    if failed && kind == OperationType::Subscription {
                        break;
                    }
                }
            }
        }
        yield Ok("event: complete\ndata:\n\n".to_owned());
    };
    Response::builder()
        .content_type("text/event-stream; charset=utf-8")
        .header("cache-control", "no-cache")
        // Proxies that gather answers would hold events back.
        .header("x-accel-buffering", "no")
        .body(Body::from_bytes_stream(events))
}
