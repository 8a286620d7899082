//! What falls from the sky: everything around the workers that can fail, and does.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel_async::RunQueryDsl;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use schema::foundation::clock::Clock;
use schema::foundation::database::Conn;

use super::crew::Crew;
use crate::cluster::Cluster;
use crate::private_redis::PrivateRedis;
use crate::proxy::{Proxy, Weather};
use crate::smtp::{Behaviour, Smtp};

/// How long the network is dark: shorter than a lease, so that owners keep what they have. Longer ones have their own test.
const DARK: Duration = Duration::from_secs(2);
/// How long it is slow, and by how much for each piece of data.
const SLOW: Duration = Duration::from_secs(2);
const DELAY: Duration = Duration::from_millis(40);
/// How long PostgreSQL and Redis stay away, beside the time they need to come back.
const AWAY: Duration = Duration::from_millis(400);

/// One thing that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Every connection to PostgreSQL is cut on its way.
    Cut,
    /// They are slow.
    Slow,
    /// Nothing passes.
    Dark,
    /// PostgreSQL ends every connection.
    Terminate,
    /// PostgreSQL is restarted in order.
    Restart,
    /// PostgreSQL crashes and recovers.
    Crash,
    /// Redis is emptied.
    Empty,
    /// Redis is killed, and starts again with nothing.
    Forget,
    /// A worker is frozen for longer than its lease.
    Freeze,
    /// The mail server takes a mood.
    Mood,
}

/// Every fault once; moods and frozen workers twice.
const DECK: [Fault; 12] = [
    Fault::Cut,
    Fault::Slow,
    Fault::Dark,
    Fault::Terminate,
    Fault::Restart,
    Fault::Crash,
    Fault::Empty,
    Fault::Forget,
    Fault::Freeze,
    Fault::Freeze,
    Fault::Mood,
    Fault::Mood,
];

/// What a mail server may do instead of taking a message.
const MOODS: [Behaviour; 7] = [
    Behaviour::KeepThenClose,
    Behaviour::Later,
    Behaviour::CloseBeforeAnswer,
    Behaviour::KeepThenHang,
    Behaviour::Never,
    Behaviour::Silent,
    Behaviour::HangBeforeData,
];

/// So many faults: the deck is dealt again and again, in another order each time.
pub(super) fn draw(faults: usize, chance: &mut ChaCha8Rng) -> Vec<Fault> {
    let mut drawn = Vec::new();
    while drawn.len() < faults {
        let mut deck = DECK;
        deck.shuffle(chance);
        drawn.extend(deck);
    }
    drawn.truncate(faults);
    drawn
}

/// Everything that is around the workers.
pub(super) struct Sky {
    pub(super) cluster: Cluster,
    pub(super) redis: PrivateRedis,
    pub(super) post: Smtp,
    /// PostgreSQL's address as workers know it.
    pub(super) database_url: String,
    network: Proxy,
    /// When the network clears, and since when it is not.
    clears: Option<(Instant, DateTime<Utc>)>,
    /// When the mail server's mood passes.
    cheers_up: Option<Instant>,
    moods: usize,
    clock: Clock,
    /// Times at which PostgreSQL could not be reached as usual.
    pub(super) outages: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Sky {
    /// Everything is well.
    pub(super) async fn clear() -> Self {
        let cluster = Cluster::start().await;
        let (network, database_url) = Proxy::before(&cluster.url()).await;
        Self {
            redis: PrivateRedis::start().await,
            post: Smtp::start(Behaviour::Accept).await,
            cluster,
            database_url,
            network,
            clears: None,
            cheers_up: None,
            moods: 0,
            clock: Clock::system(),
            outages: Vec::new(),
        }
    }

    /// Lets what was for a time pass when its time is over, or `at_once`.
    pub(super) fn look(&mut self, at_once: bool) {
        let over = |until: Instant| at_once || Instant::now() >= until;
        if let Some((_, since)) = self.clears.filter(|(until, _)| over(*until)) {
            self.network.turn(Weather::Clear);
            self.outages.push((since, self.clock.now()));
            self.clears = None;
        }
        if self.cheers_up.is_some_and(over) {
            self.post.behave(Behaviour::Accept);
            self.cheers_up = None;
        }
    }

    /// Lets a fault happen. `conn` is the storm's own connection, which survives.
    pub(super) async fn strike(
        &mut self,
        fault: Fault,
        crew: &mut Crew,
        conn: &mut Conn,
        chance: &mut ChaCha8Rng,
    ) -> anyhow::Result<()> {
        let since = self.clock.now();
        match fault {
            Fault::Cut => {
                self.network.cut();
                self.outages.push((since, since));
            }
            Fault::Slow => self.turn(Weather::Slow(DELAY), SLOW),
            Fault::Dark => self.turn(Weather::Dark, DARK),
            Fault::Terminate => {
                let others = "select pg_terminate_backend(pid) from pg_stat_activity
                    where pid <> pg_backend_pid() and backend_type = 'client backend'";
                diesel::sql_query(others).execute(conn).await?;
                self.outages.push((since, since));
            }
            Fault::Restart | Fault::Crash => {
                let how = if fault == Fault::Crash { "QUIT" } else { "INT" };
                self.cluster.stop(how).await;
                tokio::time::sleep(AWAY).await;
                self.cluster.start_again().await;
                *conn = self.cluster.conn().await;
                self.outages.push((since, self.clock.now()));
            }
            Fault::Empty => self.redis.empty().await,
            Fault::Forget => {
                self.redis.kill().await;
                tokio::time::sleep(AWAY).await;
                self.redis.start_again().await;
            }
            Fault::Freeze => crew.freeze(),
            Fault::Mood => {
                // Some are shorter than the worker's patience, some longer.
                let time = Duration::from_millis(chance.random_range(500..3000));
                self.post.behave(MOODS[self.moods % MOODS.len()]);
                self.moods += 1;
                self.cheers_up = Some(Instant::now() + time);
            }
        }
        Ok(())
    }

    fn turn(&mut self, weather: Weather, time: Duration) {
        self.look(true);
        self.network.turn(weather);
        self.clears = Some((Instant::now() + time, self.clock.now()));
    }
}
