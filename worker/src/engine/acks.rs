//! Writes what runs came to, many at once, for as long as it takes: an answer that is lost makes a job
//! run twice. Until it is written, the beat goes on renewing the lease.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use schema::foundation::database::Conn;
use schema::operate::job::model::Ack;
use schema::operate::job::service;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Engine, PATIENCE, locked};
use crate::crash::{self, Point};

/// Answers per statement.
const BATCH: usize = 256;
/// Refusals in a row after which a batch is split, in case one answer spoils the others. Not sooner: a
/// restart of PostgreSQL looks like a refusal too.
const REFUSALS: u32 = 4;

pub(super) async fn run(engine: Arc<Engine>, mut answers: UnboundedReceiver<Ack>) {
    let mut conn = None;
    let mut batch = Vec::with_capacity(BATCH);
    while answers.recv_many(&mut batch, BATCH).await > 0 {
        crash::reach(Point::BeforeAnswer);
        let mut todo = vec![std::mem::take(&mut batch)];
        while let Some(acks) = todo.pop() {
            if write(&engine, &mut conn, &acks).await {
                done(&engine, &acks);
            } else {
                let (left, right) = acks.split_at(acks.len() / 2);
                todo.extend([right.to_vec(), left.to_vec()]);
            }
        }
    }
}

/// Whether a batch was written; `false` asks for halves. A single answer is repeated for ever.
async fn write(engine: &Engine, conn: &mut Option<Conn>, acks: &[Ack]) -> bool {
    let mut refusals = 0;
    loop {
        if conn.is_none() {
            *conn = engine.connect("answers", &engine.finished).await;
        }
        let Some(open) = conn.as_mut() else { return true }; // the program ends
        let write = service::ack(open, engine.clock.now(), acks);
        match tokio::time::timeout(PATIENCE, write).await {
            Ok(Ok(_)) => return true,
            Ok(Err(error)) => tracing::warn!("answers not written yet: {error}"),
            Err(_) => tracing::warn!("answers not written in time"),
        }
        *conn = None;
        refusals += 1;
        if refusals >= REFUSALS && acks.len() > 1 {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100 * u64::from(refusals.min(20)))).await;
    }
}

fn done(engine: &Engine, acks: &[Ack]) {
    {
        let mut held = locked(&engine.held);
        for ack in acks {
            held.remove(&(ack.id, ack.lease_no));
        }
    }
    // Not before: while the answer is on its way, a crash would still count for it.
    engine.acquit(acks.iter().map(|ack| ack.id));
    engine.unanswered.fetch_sub(acks.len(), Ordering::SeqCst);
}
