//! `/graphql` over HTTP, as the GraphQL-over-HTTP draft describes it: GET for queries only, POST as
//! JSON, content negotiation, no batches. Proven by the public audit suite (`tests/node/audit.mjs`).

use std::time::{Duration, Instant};

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{ErrorExtensions, Response as Answer, Value as Data};
use poem::http::{Method, StatusCode};
use poem::{Body, Request, Response};
use schema::foundation::database::stoppable;
use schema::foundation::error::Error;
use schema::graphql::loaders;
use schema::graphql::root::MAX_COST;
use serde_json::{Map, Value};

use crate::authentication::{self, Recognised};
use crate::body::{Arrived, Place, Unread};
use crate::document::place_of;
use crate::limits::{PUBLIC_BODY_BYTES, VALUES, values};
use crate::negotiation::{self, MediaType};
use crate::problem::Problem;
use crate::request::{self, Parsed, Unfit};
use crate::routes::Door;
use crate::{nulls, operation, order, sse, wording};

/// Answers one GraphQL request.
pub async fn graphql(door: &Door, request: &Request, body: Body) -> Response {
    let started = Instant::now();
    // Who accepts events alone reads as plain JSON what is refused before there is a document.
    let events = sse::wanted(request.headers()).then_some(MediaType::Json);
    let Some(media) = negotiation::choose(accept(request)).or(events) else {
        let message =
            "Acceptez application/graphql-response+json, application/json ou text/event-stream.";
        return Problem::new(StatusCode::NOT_ACCEPTABLE, "BAD_USER_INPUT", message)
            .respond(MediaType::Json.header());
    };
    let mut response = match answer(door, request, body, media, started).await {
        Ok(response) => response,
        Err(problem) => problem.respond(media.header()),
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let others = if request.method() == Method::GET { "POST" } else { "GET, POST" };
        response.headers_mut().insert("allow", poem::http::HeaderValue::from_static(others));
    }
    response
        .headers_mut()
        .insert("vary", poem::http::HeaderValue::from_static("accept, authorization"));
    response
}

fn accept(request: &Request) -> Option<&str> {
    request.headers().get("accept").map(|value| value.to_str().unwrap_or("?"))
}

async fn answer(
    door: &Door,
    http: &Request,
    body: Body,
    media: MediaType,
    started: Instant,
) -> Result<Response, Problem> {
    let who = authentication::of_request(door, http)
        .await
        .map_err(|e| refused(e, &authentication::request_id(http)))?;
    let only_events = negotiation::choose(accept(http)).is_none();
    let (members, place) = members(door, &who, http, body).await?;
    let parsed = match request::parse(members, &door.documents) {
        Ok(parsed) => parsed,
        Err(Unfit::Malformed(problem)) => return Err(problem),
        Err(Unfit::Document(problem)) if only_events => return Ok(sse::refusal(&problem)),
        Err(Unfit::Document(problem)) => {
            // Older clients of JSON take anything but 200 for an outage.
            let status = if media == MediaType::Json { StatusCode::OK } else { problem.status };
            return Err(Problem { status, ..problem });
        }
    };
    if parsed.operation != OperationType::Query && http.method() == Method::GET {
        return Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "BAD_USER_INPUT",
            "GET ne sert qu'aux requêtes de lecture : utilisez POST.",
        ));
    }
    // Subscriptions last long, and large bodies have few places.
    if place.is_some() && parsed.operation == OperationType::Subscription {
        return Err(Unread::TooLong(PUBLIC_BODY_BYTES).problem());
    }
    // A large body keeps its place as long as what was made of it is in memory: a mutation outlives its client.
    let parsed = Parsed { request: parsed.request.data(place), ..parsed };
    // Clients that can read events list them beside JSON, for subscriptions; one answer is better told as JSON.
    if sse::wanted(http.headers())
        && (only_events || parsed.operation == OperationType::Subscription)
    {
        return Ok(sse::respond(door, who, parsed));
    }
    if parsed.operation == OperationType::Subscription {
        let problem = Problem::bad_request(
            "Les abonnements passent par WebSocket ou par événements (Accept: text/event-stream), à la même adresse.",
        );
        let place = place_of(&parsed.document.judged, parsed.name.as_deref());
        return Err(Problem { place, ..problem });
    }
    let (kind, label) = (parsed.operation, parsed.label.clone());
    let logged_in = who.caller.actor.account_id().is_some();
    let answer = execute(door, who, parsed).await;
    let (well, took) = (answer.errors.is_empty(), started.elapsed());
    door.metrics.operation(kind, well, took, label.as_deref(), logged_in);
    Ok(render(answer, media))
}

/// Runs an operation and gives its answer the shape that clients rely on.
async fn execute(door: &Door, who: Recognised, parsed: Parsed) -> Answer {
    let (request_id, cost) = (who.caller.request_id.clone(), parsed.cost);
    let span = operation::span(&who.caller, parsed.operation, parsed.label.as_deref());
    let request = loaders::attach(parsed.request.data(who.caller), &door.app.pool);
    let mut answer = operation::whole(door, request, parsed.operation, request_id, span).await;
    finish(&mut answer, &parsed.document.parsed, parsed.name.as_deref());
    tell_cost(&mut answer, cost);
    answer
}

/// Tells what an operation cost, of what it may cost.
pub fn tell_cost(answer: &mut Answer, cost: usize) {
    let told = async_graphql::value!({ "requested": cost, "limit": MAX_COST });
    answer.extensions.insert("cost".to_owned(), told);
}

/// Gives an operation its time; one that takes too long is stopped, its statements are cancelled, and its transaction
/// rolls back.
pub async fn in_time(
    limit: Duration,
    request_id: &str,
    work: impl Future<Output = Answer>,
) -> Answer {
    if let Some(answer) = stoppable(limit, work).await {
        return answer;
    }
    let error = async_graphql::Error::new(
        "L'opération a dépassé le temps permis : réduisez la page ou la période.",
    )
    .extend_with(|_, e| {
        e.set("code", "TIMEOUT");
        e.set("requestId", request_id);
    });
    Answer::from_errors(vec![error.into_server_error(Default::default())])
}

/// Gives an answer the shape and the words that clients rely on, whatever the door: nulls in their places,
/// members in the document's order, a code and French for the errors of validation and limits.
pub fn finish(answer: &mut Answer, document: &ExecutableDocument, name: Option<&str>) {
    nulls::place(answer, document, name);
    order::arrange(&mut answer.data, document, name);
    for error in &mut answer.errors {
        let known = error.extensions.as_ref().is_some_and(|e| e.get("code").is_some());
        if !known {
            error.message = wording::refusal(&error.message);
            error.extensions.get_or_insert_default().set("code", "BAD_USER_INPUT");
        }
    }
}

/// A request that failed before anything ran has no `data` at all; only then may its status differ.
fn render(answer: Answer, media: MediaType) -> Response {
    let never_ran = answer.data == Data::Null
        && !answer.errors.is_empty()
        && answer.errors.iter().all(|error| error.path.is_empty());
    let code = answer.errors.first().and_then(|error| error.extensions.as_ref()?.get("code"));
    let status = match code {
        _ if !never_ran || media != MediaType::Response => StatusCode::OK,
        Some(Data::String(code)) if code == "TIMEOUT" => StatusCode::GATEWAY_TIMEOUT,
        Some(Data::String(code)) if code == "INTERNAL" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = if never_ran {
        serde_json::to_string(&serde_json::json!({ "errors": answer.errors }))
    } else {
        serde_json::to_string(&answer)
    };
    Response::builder().status(status).content_type(media.header()).body(body.unwrap_or_default())
}

async fn members(
    door: &Door,
    who: &Recognised,
    http: &Request,
    body: Body,
) -> Result<(Map<String, Value>, Option<Place>), Problem> {
    match *http.method() {
        Method::GET => Ok((from_query(http.uri().query().unwrap_or_default())?, None)),
        Method::POST => {
            let kind = http
                .content_type()
                .unwrap_or_default()
                .split(';')
                .next()
                .unwrap_or_default()
                .trim();
            if !kind.eq_ignore_ascii_case("application/json") {
                let message = "Envoyez le corps en application/json.";
                return Err(Problem::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "BAD_USER_INPUT",
                    message,
                ));
            }
            let limit = match who.caller.actor.account_id() {
                // JSON escapes may double a file.
                Some(_) => 2 * door.app.settings.import_bytes,
                None => PUBLIC_BODY_BYTES,
            };
            let account = who.caller.actor.account_id();
            let read = door.bodies.read(body, limit, account).await;
            let Arrived { bytes, place } = read.map_err(Unread::problem)?;
            if values(&bytes) > VALUES {
                let message = format!("Le corps compte plus de {VALUES} valeurs.");
                return Err(Problem::limit(message));
            }
            match serde_json::from_slice(&bytes) {
                Ok(Value::Object(members)) => Ok((members, place)),
                Ok(_) => Err(Problem::bad_request(
                    "Envoyez un seul objet JSON ; les lots ne sont pas acceptés.",
                )),
                Err(error) => Err(Problem::bad_request(format!(
                    "Le corps n'est pas du JSON en UTF-8 (ligne {}, colonne {}).",
                    error.line(),
                    error.column()
                ))),
            }
        }
        _ => Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "BAD_USER_INPUT",
            "Utilisez GET ou POST.",
        )),
    }
}

/// Members of a GET request: texts, of which `variables` and `extensions` hold JSON.
fn from_query(query: &str) -> Result<Map<String, Value>, Problem> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| Problem::bad_request("Les paramètres de l'adresse sont illisibles."))?;
    let mut members = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "variables" | "extensions" if text.is_empty() => Value::Null,
            "variables" | "extensions" => serde_json::from_str(&text).map_err(|_| {
                Problem::bad_request(format!("« {name} » doit être un objet JSON."))
            })?,
            "operationName" if text.is_empty() => Value::Null,
            _ => Value::String(text),
        };
        members.insert(name, value);
    }
    Ok(members)
}

/// The answer to a caller who could not be recognised.
pub fn refused(error: Error, request_id: &str) -> Problem {
    let status = match error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let code = error.code();
    let shown = error.into_graphql(request_id);
    Problem { request_id: Some(request_id.to_owned()), ..Problem::new(status, code, shown.message) }
}
