//! A WebSocket client that speaks `graphql-transport-ws` frame by frame.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// An answer that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Heard while waiting for something else.
    early: VecDeque<Heard>,
}

/// What came in.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// A protocol message.
    Message(Value),
    /// The socket was closed with this code.
    Closed(u16),
}

impl Socket {
    /// Opens a socket without introducing itself.
    pub async fn open(server_url: &str) -> Self {
        let url = format!("{}/graphql", server_url.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("an address");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
        let (stream, _) = tokio_tungstenite::connect_async(request).await.expect("a WebSocket");
        Self { stream, early: VecDeque::new() }
    }

    /// Opens a socket and introduces itself, with a token or without.
    pub async fn connect(server_url: &str, token: Option<&str>) -> Self {
        let mut socket = Self::open(server_url).await;
        let payload =
            token.map_or(json!({}), |token| json!({ "Authorization": format!("Bearer {token}") }));
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, Heard::Message(json!({ "type": "connection_ack" })));
        socket
    }

    /// Sends a protocol message.
    pub async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("the socket takes a message");
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
        // The answer to a ping proves that the server has read the subscription before it.
        self.send(json!({ "type": "ping" })).await;
        loop {
            match self.hear_new().await {
                Heard::Message(pong) if pong["type"] == "pong" => return,
                closed @ Heard::Closed(_) => panic!("expected a pong, heard {closed:?}"),
                early => self.early.push_back(early),
            }
        }
    }

    /// The next message, answering the server's own pings.
    pub async fn hear(&mut self) -> Heard {
        match self.early.pop_front() {
            Some(early) => early,
            None => self.hear_new().await,
        }
    }

    async fn hear_new(&mut self) -> Heard {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("an answer in time");
            match frame {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    if message["type"] == "ping" {
                        self.send(json!({ "type": "pong" })).await;
                        continue;
                    }
                    return Heard::Message(message);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map_or(1005, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(1006),
            }
        }
    }

    /// The next message as it was written.
    pub async fn hear_text(&mut self) -> String {
        let frame = tokio::time::timeout(PATIENCE, self.stream.next()).await;
        match frame.expect("an answer in time") {
            Some(Ok(Message::Text(text))) => text.to_string(),
            other => panic!("expected a text, heard {other:?}"),
        }
    }

    /// The data of the next `next` message.
    pub async fn next(&mut self) -> Value {
        match self.hear().await {
            Heard::Message(message) if message["type"] == "next" => {
                message["payload"]["data"].clone()
            }
            other => panic!("expected an event, heard {other:?}"),
        }
    }

    /// Asserts that nothing was sent before the answer to a ping sent now.
    pub async fn silent(&mut self) {
        self.send(json!({ "type": "ping" })).await;
        assert_eq!(
            self.hear().await,
            Heard::Message(json!({ "type": "pong" })),
            "expected silence"
        );
    }
}
