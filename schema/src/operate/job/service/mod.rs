//! The use cases of the queue: other areas put jobs in, workers run them, operators look and intervene,
//! a sweep forgets.

mod enqueue;
mod operate;
mod purge;
mod run;

pub use enqueue::{due, enqueue, enqueue_many, wake, withdraw};
pub(in crate::operate) use operate::{again, put_away};
pub use operate::{by_ids, cancel, count, get, page, pause, queues, resume, retry};
pub use purge::forget_finished;
pub use run::{
    ack, beat, by_keys, claim, dead_by_kind, figures, holds, is_running, listen, open, reap, report,
};
