//! A whole product in miniature: database, server, worker, mailbox, and a clock that only tests move.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use schema::foundation::app::App;
use schema::foundation::clock::Clock;
use schema::foundation::database::{Conn, Pool};
use schema::foundation::settings::Settings;
use schema::operate::{job, schedule};
use server::config::Config;
use server::serve::Server;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::database::{Database, uuid};
use crate::mailbox::Mailbox;
use crate::people;

/// When every world begins: a Monday morning, 9 h in Paris, in winter.
pub const MONDAY_MORNING: &str = "2026-01-12T08:00:00Z";
/// Work that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// A product of its own.
pub struct World {
    /// The parts of the product, for direct looks.
    pub app: App,
    /// The time.
    pub clock: Clock,
    /// Address of the first server.
    pub url: String,
    /// The e-mails that left.
    pub mailbox: Mailbox,
    /// Address of the database.
    pub database_url: String,
    /// Somebody without account.
    pub alice: Client,
    watch: bool,
    stop: CancellationToken,
    running: Mutex<Vec<JoinHandle<anyhow::Result<()>>>>,
    // Dropped last: the programs must have let go of it.
    _mails: Arc<Folder>,
    _database: Database,
}

/// How a world differs from the usual one.
pub struct Plan {
    /// The domain's settings; quiet hours are on, as in the product.
    pub settings: Settings,
    /// Where mail goes instead of the folder.
    pub mail: Option<String>,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// Whether a worker runs.
    pub worker: bool,
    /// Whether workers look for what is out of order.
    pub watch: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            // All of a test comes from one address of the network.
            settings: Settings { submissions: 100_000, ..Settings::default() },
            mail: None,
            start: MONDAY_MORNING.parse().expect("an instant"),
            worker: true,
            watch: false,
        }
    }
}

impl World {
    /// The usual world.
    pub async fn new() -> Self {
        Self::with(Plan::default()).await
    }

    /// A world of another kind.
    pub async fn with(plan: Plan) -> Self {
        let database = Database::new().await.expect("a database");
        let mails = Arc::new(Folder::new());
        let clock = Clock::held_at(plan.start);
        let settings = Settings { event_stream: format!("spp:test:{}", uuid()), ..plan.settings };
        let mut app = App::new(Pool::new(&database.url, 8).expect("a pool"), settings);
        app.clock = clock.clone();
        let mut conn = AsyncPgConnection::establish(&database.url).await.expect("a connection");
        people::settle_in(&mut conn, plan.start).await.expect("people");
        // Schedules start now: the first tick of a new product would otherwise look at the past.
        schedule::service::tick(&mut conn, clock.now()).await.expect("a tick");

        let mut world = Self {
            app,
            clock,
            url: String::new(),
            mailbox: Mailbox(mails.0.clone()),
            database_url: database.url.clone(),
            alice: Client::new(""),
            watch: plan.watch,
            stop: CancellationToken::new(),
            running: Mutex::default(),
            _mails: mails,
            _database: database,
        };
        world.url = world.another_server().await;
        world.alice = Client::new(&world.url);
        if plan.worker {
            let mail = plan.mail.unwrap_or_else(|| world.mailbox.as_mail());
            world.another_worker(&mail).await;
            world.settle().await;
            world.mailbox.empty();
        }
        world
    }

    /// Starts one more server on the same database; gives its address.
    pub async fn another_server(&self) -> String {
        self.server_with(|_| {}).await
    }

    /// Starts one more server whose settings differ; gives its address.
    pub async fn server_with(&self, change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config {
            database_url: self.database_url.clone(),
            redis_url: Some(redis_url()),
            listen: "127.0.0.1:0".into(),
            pool_size: 8,
            document_cache: 100,
            trust_forwarded: false,
            time_limit: PATIENCE,
            socket_init_time: PATIENCE,
            socket_check_time: PATIENCE,
            sockets_per_client: 1000,
            body_time: server::limits::BODY_TIME,
            idle_time: server::serve::IDLE_TIME,
            origins: Default::default(),
            trusted_documents: None,
            trusted_only: false,
            federation: None,
            settings: self.app.settings.clone(),
        };
        change(&mut config);
        // Its own feed: servers hear of events through Redis only.
        let app = App { events: Default::default(), ..self.app.clone() };
        let server = Server::bind(&config, app, self.stop.child_token()).await.expect("a server");
        let url = format!("http://{}", server.address);
        self.running.lock().await.push(tokio::spawn(server.run()));
        url
    }

    /// Starts one more worker on the same database.
    pub async fn another_worker(&self, mail: &str) {
        let usual = worker::Config::new(&self.database_url, &redis_url(), mail);
        let config = worker::Config { watch: self.watch, ..usual.expect("a configuration") };
        let work = worker::run(config, self.app.clone(), self.stop.child_token());
        self.running.lock().await.push(tokio::spawn(work));
    }

    /// Logs one of the named people in.
    pub async fn person(&self, name: &str) -> Client {
        self.alice.log_in(&people::address(name), people::PASSWORD).await
    }

    /// Moves the time, ticks the schedules and lets the work that is due be done.
    pub async fn later(&self, by: TimeDelta) {
        self.clock.advance(by);
        let mut conn = self.conn().await;
        schedule::service::tick(&mut conn, self.clock.now()).await.expect("a tick");
        self.settle().await;
    }

    /// Waits until nothing that is due is left to do.
    pub async fn settle(&self) {
        let mut conn = self.conn().await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        job::service::wake(&mut conn).await.expect("the queue answers");
        loop {
            let due =
                job::service::due(&mut conn, self.clock.now()).await.expect("the queue answers");
            if due == 0 {
                return;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{due} jobs still due after {PATIENCE:?}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A connection to look at the database with.
    pub async fn conn(&self) -> Conn {
        AsyncPgConnection::establish(&self.database_url).await.expect("a connection")
    }

    /// Stops everything in order; fails when a program failed or a job died or was left undone.
    pub async fn end(self) {
        let mut conn = self.conn().await;
        let left = left_undone(&mut conn, self.clock.now()).await;
        assert!(left.is_empty(), "jobs left undone or dead: {left:?}");
        self.end_anyhow().await;
    }

    /// As [`World::end`], for tests about jobs that fail.
    pub async fn end_anyhow(self) {
        self.stop.cancel();
        for program in self.running.lock().await.drain(..) {
            program.await.expect("no panic").expect("a clean end");
        }
    }
}

/// Jobs due or dead, as `kind state error`.
async fn left_undone(conn: &mut Conn, now: DateTime<Utc>) -> Vec<String> {
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    use schema::tables::job;
    let rows: Vec<(String, String, Option<String>)> = job::table
        .filter(
            job::state
                .eq("DEAD")
                .or(job::state.eq_any(["READY", "RUNNING"]).and(job::run_at.le(now))),
        )
        .select((job::kind, job::state, job::error))
        .load(conn)
        .await
        .expect("the queue answers");
    rows.into_iter()
        .map(|(kind, state, error)| format!("{kind} {state} {}", error.unwrap_or_default()))
        .collect()
}

/// The Redis of the tests.
pub fn redis_url() -> String {
    std::env::var("REDIS_URL")
        .expect("REDIS_URL is not set: « ./dev test » starts a Redis for the tests")
}

/// A folder removed at the end.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("spp-mail-{}", uuid()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
