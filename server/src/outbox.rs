//! What waits to be written to one socket: bounded in messages and in bytes, so that a client that does not read
//! costs no more than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use poem::web::websocket::{Message, WebSocketStream};
use serde::Serialize;
use tokio::sync::{Notify, mpsc};

/// Messages that may wait for a slow client before it is disconnected (ours).
const MESSAGES: usize = 256;
/// Bytes that may wait for it (ours); one message alone may be larger.
const BYTES: usize = 4 * 1024 * 1024;

/// The writing end; clones share the bounds.
#[derive(Clone)]
pub(crate) struct Outbox {
    send: mpsc::Sender<(Message, usize)>,
    waiting: Arc<AtomicUsize>,
    overflow: Arc<Notify>,
}

/// The client reads too slowly, or is gone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Outbox {
    /// An outbox, and the task that empties it into a socket.
    pub(crate) fn new(
        sink: SplitSink<WebSocketStream, Message>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (send, outgoing) = mpsc::channel(MESSAGES);
        let waiting = Arc::new(AtomicUsize::new(0));
        let writer = tokio::spawn(write(sink, outgoing, waiting.clone()));
        (Self { send, waiting, overflow: Arc::default() }, writer)
    }

    /// Queues a protocol message.
    pub(crate) fn tell(&self, message: &impl Serialize) -> Result<(), Full> {
        // Written as it is: members of an answer stand in the document's order. Nothing of ours cannot be written.
        let Ok(text) = serde_json::to_string(message) else { return Err(Full) };
        let bytes = text.len();
        let before = self.waiting.fetch_add(bytes, Ordering::AcqRel);
        let fits = before == 0 || before + bytes <= BYTES;
        if fits && self.send.try_send((Message::text(text), bytes)).is_ok() {
            return Ok(());
        }
        self.waiting.fetch_sub(bytes, Ordering::AcqRel);
        self.overflow.notify_one();
        Err(Full)
    }

    /// Queues the last message, if there is room: a full queue means a client too slow to hear why.
    pub(crate) fn close(&self, message: Message) {
        let _ = self.send.try_send((message, 0));
    }

    /// Waits until something did not fit.
    pub(crate) async fn overflown(&self) {
        self.overflow.notified().await;
    }

    /// Waits until the client is gone.
    pub(crate) async fn closed(&self) {
        self.send.closed().await;
    }
}

async fn write(
    mut sink: SplitSink<WebSocketStream, Message>,
    mut outgoing: mpsc::Receiver<(Message, usize)>,
    waiting: Arc<AtomicUsize>,
) {
    while let Some((message, bytes)) = outgoing.recv().await {
        let sent = sink.send(message).await;
        waiting.fetch_sub(bytes, Ordering::AcqRel);
        if sent.is_err() {
            return;
        }
    }
    let _ = sink.close().await;
}
