//! Every query of the queue: putting in, leasing, listing.

mod enqueue;
mod lease;
mod list;
mod operate;

pub(super) use enqueue::{insert, insert_many, listen, ping, wake};
pub(super) use lease::{ack, beat, claim, open, reap};
pub(super) use list::{
    by_ids, by_keys, dead_by_kind, done_since, due, find, holds, page, queues, total,
};
pub(super) use operate::{
    delete_finished, finished, pause, pauses, report, restart, resume, stop, withdraw,
};
