//! Live events inside one process. The server feeds it from the stream; subscriptions listen.
//!
//! An event carries its number only. The numbers are dense and ordered (see `live_event`), so a
//! listener that missed some reads them from PostgreSQL: nothing depends on the stream being whole.

use tokio::sync::watch;

/// The highest event number this process has heard of.
#[derive(Clone)]
pub struct EventFeed(watch::Sender<i64>);

impl Default for EventFeed {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl EventFeed {
    /// Tells every listener that events up to `number` exist. Lower numbers change nothing.
    pub fn announce(&self, number: i64) {
        self.0.send_if_modified(|highest| {
            let news = number > *highest;
            *highest = number.max(*highest);
            news
        });
    }

    /// A listener that wakes at each announcement.
    pub fn listen(&self) -> watch::Receiver<i64> {
        self.0.subscribe()
    }

    /// How many listeners there are.
    pub fn listeners(&self) -> usize {
        self.0.receiver_count()
    }
}
