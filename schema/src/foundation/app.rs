//! What every use case is given.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::clock::Clock;
use super::database::Pool;
use super::events::EventFeed;
use super::settings::Settings;

/// The parts of a running program that use cases need.
#[derive(Clone)]
pub struct App {
    /// Connections to PostgreSQL.
    pub pool: Pool,
    /// The time.
    pub clock: Clock,
    /// Figures of our own choosing.
    pub settings: Settings,
    /// Live events, as this process hears them.
    pub events: EventFeed,
    /// The key of the marks of attempts (`operate::throttle`), once it was read: it never changes.
    pub attempt_secret: Arc<OnceCell<Vec<u8>>>,
}

impl App {
    /// An application over a database, with the system's time.
    pub fn new(pool: Pool, settings: Settings) -> Self {
        Self {
            pool,
            clock: Clock::system(),
            settings,
            events: EventFeed::default(),
            attempt_secret: Arc::default(),
        }
    }
}
