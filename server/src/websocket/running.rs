//! One operation of a socket: what it tells, and when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::parser::types::OperationType;
use futures_util::StreamExt;
use serde::Serialize;
use tokio_util::task::AbortOnDropHandle;
use tracing::Span;

use crate::document::Document;
use crate::http::{finish, tell_cost};
use crate::operation;
use crate::outbox::{Full, Outbox};
use crate::routes::Door;

/// One operation of a socket.
pub(super) struct Operation {
    pub(super) door: Door,
    pub(super) id: String,
    pub(super) request_id: String,
    pub(super) document: Arc<Document>,
    pub(super) name: Option<String>,
    pub(super) cost: usize,
    pub(super) outbox: Outbox,
    /// Set before the last message is told.
    pub(super) over: Arc<AtomicBool>,
}

impl Operation {
    /// Runs it beside the socket's reader.
    pub(super) fn start(
        self,
        request: async_graphql::Request,
        kind: OperationType,
        span: Span,
    ) -> Running {
        let over = self.over.clone();
        let task = tokio::spawn(self.run(request, kind, span));
        Running { task: AbortOnDropHandle::new(task), over }
    }

    async fn run(self, request: async_graphql::Request, kind: OperationType, span: Span) {
        let mut answers = operation::answers(&self.door, request, kind, &self.request_id, span);
        let mut first = true;
        while let Some(mut answer) = answers.next().await {
            finish(&mut answer, &self.document.parsed, self.name.as_deref());
            let failed = answer.data == async_graphql::Value::Null && !answer.errors.is_empty();
            // A request that never ran is an `error`, which ends the operation; so is a subscription's
            // refusal, which async-graphql tells as its first answer.
            if first
                && failed
                && (kind == OperationType::Subscription
                    || answer.errors.iter().all(|e| e.path.is_empty()))
            {
                drop(answers);
                return self.end("error", Some(&answer.errors));
            }
            if first {
                tell_cost(&mut answer, self.cost);
            }
            first = false;
            if self.tell("next", Some(&answer)).is_err() {
                return;
            }
            if failed && kind == OperationType::Subscription {
                break;
            }
        }
        // What ended counts no more when the client hears of it.
        drop(answers);
        self.end("complete", None::<()>);
    }

    /// The last message. Whoever hears it may use the id again, and start another operation, at once.
    fn end(&self, kind: &str, payload: Option<impl Serialize>) {
        self.over.store(true, Ordering::Release);
        let _ = self.tell(kind, payload);
    }

    /// Queues a message. When there is no room the socket's reader hears of it and closes.
    fn tell(&self, kind: &str, payload: Option<impl Serialize>) -> Result<(), Full> {
        self.outbox.tell(&Told { id: &self.id, kind, payload })
    }
}

/// A message about an operation.
#[derive(Serialize)]
struct Told<'t, P> {
    id: &'t str,
    #[serde(rename = "type")]
    kind: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<P>,
}

/// An operation that was started.
pub(super) struct Running {
    task: AbortOnDropHandle<()>,
    over: Arc<AtomicBool>,
}

impl Running {
    /// Whether it is over, for the client: it is told before the task is quite finished, and may ask again at once.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire) || self.task.is_finished()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_operation_is_over_once_it_said_so_or_its_task_is_gone() {
        let over = Arc::new(AtomicBool::new(false));
        let task = AbortOnDropHandle::new(tokio::spawn(std::future::pending()));
        let running = Running { task, over: over.clone() };
        tokio::task::yield_now().await;
        assert!(!running.is_over());
        over.store(true, Ordering::Release);
        assert!(running.is_over());

        let running =
            Running { task: AbortOnDropHandle::new(tokio::spawn(async {})), over: Arc::default() };
        while !running.task.is_finished() {
            tokio::task::yield_now().await;
        }
        assert!(running.is_over());
    }
}
