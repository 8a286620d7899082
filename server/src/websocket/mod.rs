//! `/graphql` over WebSocket: the `graphql-transport-ws` protocol, by our own loop, because the
//! library's closes with other codes than the protocol's and bounds nothing.

mod running;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use poem::http::StatusCode;
use poem::web::websocket::{CloseCode, Message, WebSocket, WebSocketConfig, WebSocketStream};
use poem::{FromRequest, IntoResponse, Request, Response};
use schema::foundation::actor::Caller;
use schema::foundation::error::Error;
use schema::foundation::secret::Secret;
use schema::graphql::loaders;
use schema::reference::account;
use serde_json::{Map, Value, json};
use tokio_util::task::AbortOnDropHandle;

use self::running::{Operation, Running};
use crate::authentication::{self, Recognised};
use crate::http::refused;
use crate::operation;
use crate::outbox::{Full, Outbox};
use crate::problem::Problem;
use crate::request::{self, Unfit};
use crate::routes::Door;
use crate::sockets::Pace;

/// The subprotocol spoken.
const PROTOCOL: &str = "graphql-transport-ws";
/// A ping is sent this often, so that proxies keep the socket and dead peers are noticed (ours).
const PING_EVERY: Duration = Duration::from_secs(25);
/// Longest message, in bytes (ours).
const MESSAGE_BYTES: usize = 256 * 1024;
/// Most operations at once on one socket (ours).
const OPERATIONS: usize = 50;

/// A reason to close, in the protocol's codes.
type Close = (u16, &'static str);

const BAD_REQUEST: u16 = 4400;
const UNAUTHORIZED: Close = (4401, "Unauthorized");
const TOO_SLOW: Close = (1013, "Client too slow");
const TOO_FAST: Close = (1008, "Too many messages");
const FORBIDDEN: Close = (4403, "Forbidden");
const FAILED: Close = (4500, "Internal server error");
const INIT_TIMEOUT: Close = (4408, "Connection initialisation timeout");
const INIT_TWICE: Close = (4429, "Too many initialisation requests");
const GOING_AWAY: Close = (1001, "Server is stopping");

/// Accepts the socket, or answers 400 when the client speaks another protocol.
///
/// # Errors
/// When the request is no WebSocket handshake.
pub async fn upgrade(door: &Door, request: Request) -> poem::Result<Response> {
    let offered = request
        .headers()
        .get("sec-websocket-protocol")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if !offered.split(',').any(|name| name.trim() == PROTOCOL) {
        let message = format!("Le sous-protocole attendu est {PROTOCOL}.");
        return Ok(Problem::bad_request(message).respond("application/json; charset=utf-8"));
    }
    let caller = authentication::anonymous(door, &request);
    let json = "application/json; charset=utf-8";
    if !door.origins.allow(request.headers().get("origin")) {
        let message = "Ce site n'est pas autorisé à se connecter ici.";
        return Ok(Problem::new(StatusCode::FORBIDDEN, "FORBIDDEN", message).respond(json));
    }
    let Some(pass) = door.sockets.enter(&caller.origin) else {
        let message = "Trop de connexions ouvertes depuis votre adresse : fermez-en.";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "LIMIT_EXCEEDED", message);
        return Ok(problem.respond(json));
    };
    let socket = WebSocket::from_request_without_body(&request).await?;
    let (door, going_on) = (door.clone(), door.going_on.token());
    // Refused while it is read, not once it is in memory; a little more, so that ours is the answer.
    let config = WebSocketConfig::default()
        .max_message_size(Some(2 * MESSAGE_BYTES))
        .max_frame_size(Some(2 * MESSAGE_BYTES));
    Ok(socket
        .protocols([PROTOCOL])
        .config(config)
        .on_upgrade(move |stream| async move {
            let _held = (pass, going_on);
            serve(door, caller, stream).await;
        })
        .into_response())
}

async fn serve(door: Door, caller: Caller, stream: WebSocketStream) {
    door.metrics.sockets.inc();
    let (sink, incoming) = stream.split();
    let (outbox, writer) = Outbox::new(sink);
    // A client that reads nothing would keep it for ever.
    let mut writer = AbortOnDropHandle::new(writer);
    let mut session = Session {
        door: door.clone(),
        who: None,
        caller,
        outbox: outbox.clone(),
        running: HashMap::new(),
    };
    let close = session.listen(incoming).await;
    // Dropping the session drops its operations, and with them their places in the event feed.
    drop(session);
    if let Some((code, reason)) = close {
        outbox.close(Message::close_with(CloseCode::from(code), reason));
    }
    drop(outbox);
    let _ = tokio::time::timeout(Duration::from_secs(5), &mut writer).await;
    door.metrics.sockets.dec();
}

struct Session {
    door: Door,
    /// Who introduced themselves; nobody before `connection_init`.
    who: Option<Recognised>,
    caller: Caller,
    outbox: Outbox,
    /// Those that ended stay until the next one comes.
    running: HashMap<String, Running>,
}

impl Session {
    /// Reads until somebody closes; gives the reason when it is us.
    async fn listen(&mut self, mut incoming: SplitStream<WebSocketStream>) -> Option<Close> {
        let stop = self.door.stop.clone();
        let init_deadline = tokio::time::sleep(self.door.socket_init_time);
        tokio::pin!(init_deadline);
        let mut pings = tokio::time::interval(PING_EVERY);
        pings.tick().await;
        let mut checks = tokio::time::interval(self.door.socket_check_time);
        checks.tick().await;
        let mut pace = Pace::new(tokio::time::Instant::now());
        loop {
            let expiry = self.who.as_ref().and_then(|who| who.time_left(&self.door.app));
            let message = tokio::select! {
                () = stop.cancelled() => return Some(GOING_AWAY),
                () = &mut init_deadline, if self.who.is_none() => return Some(INIT_TIMEOUT),
                () = tokio::time::sleep(expiry.unwrap_or_default()), if expiry.is_some() => return Some(UNAUTHORIZED),
                _ = pings.tick() => {
                    if self.tell(json!({ "type": "ping" })).is_err() { return None; }
                    continue;
                }
                _ = checks.tick() => {
                    match &self.who {
                        Some(who) if !who.still_holds(&self.door.app).await => return Some(UNAUTHORIZED),
                        _ => continue,
                    }
                }
                () = self.outbox.overflown() => return Some(TOO_SLOW),
                () = self.outbox.closed() => return None,
                message = incoming.next() => message,
            };
            if !pace.allows(tokio::time::Instant::now()) {
                return Some(TOO_FAST);
            }
            let text = match message {
                None | Some(Err(_) | Ok(Message::Close(_))) => return None,
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Binary(_))) => return Some((BAD_REQUEST, "Text messages only")),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            };
            if text.len() > MESSAGE_BYTES {
                return Some((1009, "Message too big"));
            }
            if let Err(close) = self.hear(&text).await {
                return Some(close);
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Close> {
        let Ok(Value::Object(mut message)) = serde_json::from_str(text) else {
            return Err((BAD_REQUEST, "Invalid message"));
        };
        let kind = message.remove("type");
        let id = match message.remove("id") {
            None => None,
            Some(Value::String(id)) if !id.is_empty() && id.len() <= 128 => Some(id),
            Some(_) => return Err((BAD_REQUEST, "Invalid id")),
        };
        let payload = match message.remove("payload") {
            None | Some(Value::Null) => None,
            Some(Value::Object(payload)) => Some(payload),
            Some(_) => return Err((BAD_REQUEST, "Invalid payload")),
        };
        match (kind.as_ref().and_then(Value::as_str), id) {
            (Some("connection_init"), None) => self.introduce(payload.unwrap_or_default()).await,
            (Some("ping"), None) => self.tell(json!({ "type": "pong" })),
            (Some("pong"), None) => Ok(()),
            (Some("subscribe"), Some(id)) => self.subscribe(id, payload).await,
            (Some("complete"), Some(id)) => {
                self.running.remove(&id);
                Ok(())
            }
            _ => Err((BAD_REQUEST, "Invalid message")),
        }
    }

    /// The token comes as `Authorization: Bearer …` in the payload, as in a header.
    async fn introduce(&mut self, payload: Map<String, Value>) -> Result<(), Close> {
        if self.who.is_some() {
            return Err(INIT_TWICE);
        }
        let token = payload
            .iter()
            .find(|(name, value)| name.eq_ignore_ascii_case("authorization") && !value.is_null())
            .map(|(_, value)| value.as_str().unwrap_or_default());
        let who = match token {
            None => Recognised { caller: self.caller.clone(), until: None },
            Some(header) => {
                let bearer = header
                    .split_once(' ')
                    .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
                let (_, token) = bearer.ok_or(FORBIDDEN)?;
                let token = Secret::new(token.trim());
                authentication::of_token(&self.door.app, self.caller.clone(), &token)
                    .await
                    .map_err(|error| {
                        if matches!(error, Error::Unauthenticated) { FORBIDDEN } else { FAILED }
                    })?
            }
        };
        self.who = Some(who);
        self.tell(json!({ "type": "connection_ack" }))
    }

    async fn subscribe(
        &mut self,
        id: String,
        payload: Option<Map<String, Value>>,
    ) -> Result<(), Close> {
        let Some(who) = &self.who else { return Err(UNAUTHORIZED) };
        let payload = payload.ok_or((BAD_REQUEST, "Missing payload"))?;
        // Before they are counted: those that ended make room.
        self.running.retain(|_, operation| !operation.is_over());
        if self.running.contains_key(&id) {
            return Err((4409, "Subscriber already exists"));
        }
        if self.running.len() >= OPERATIONS {
            return self.tell(json!({ "id": id, "type": "error", "payload": [
                { "message": format!("Au plus {OPERATIONS} opérations à la fois par connexion."), "extensions": { "code": "LIMIT_EXCEEDED" } }
            ] }));
        }
        let parsed = match request::parse(payload, &self.door.documents) {
            Ok(parsed) => parsed,
            Err(Unfit::Malformed(problem) | Unfit::Document(problem)) => {
                return self
                    .tell(json!({ "id": id, "type": "error", "payload": [problem.error()] }));
            }
        };
        // Rights as they are now, not as they were when the socket opened.
        let actor = match account::service::refresh(&self.door.app, &who.caller.actor).await {
            Ok(actor) => actor,
            Err(Error::Unauthenticated) => return Err(UNAUTHORIZED),
            Err(error) => {
                let problem = refused(error, &who.caller.request_id);
                return self
                    .tell(json!({ "id": id, "type": "error", "payload": [problem.error()] }));
            }
        };
        let caller = Caller { actor, ..who.caller.clone() };
        let request_id = caller.request_id.clone();
        let span = operation::span(&caller, parsed.operation, parsed.label.as_deref());
        let request = loaders::attach(parsed.request.data(caller), &self.door.app.pool);
        let (door, outbox) = (self.door.clone(), self.outbox.clone());
        let (document, name, cost) = (parsed.document, parsed.name, parsed.cost);
        let over = Arc::default();
        let told = id.clone();
        let operation =
            Operation { door, id: told, request_id, document, name, cost, outbox, over };
        self.running.insert(id, operation.start(request, parsed.operation, span));
        Ok(())
    }

    /// Queues a message; a client that does not read them is let go.
    fn tell(&self, message: Value) -> Result<(), Close> {
        self.outbox.tell(&message).map_err(|Full| TOO_SLOW)
    }
}
