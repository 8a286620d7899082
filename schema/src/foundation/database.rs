//! The pool of PostgreSQL connections and the migrations.

use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool as DeadPool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection,
};
use diesel_migrations::MigrationHarness;
use futures_util::FutureExt;
use tokio_postgres::NoTls;

use super::error::{Error, Result};

/// A connection outside of a pool.
pub type Conn = AsyncPgConnection;

/// Connections to PostgreSQL, shared by a process.
#[derive(Clone)]
pub struct Pool(DeadPool<AsyncPgConnection>);

/// Longest pause between two statements of a transaction: far longer than any of ours, frozen processes excepted.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Longest try at cancelling a statement.
const CANCEL: Duration = Duration::from_secs(5);

/// Key of the advisory lock that lets one process migrate at a time.
const MIGRATION_LOCK: i64 = 0x5350_5031;

/// A connection of the pool. A process that was frozen in the middle of a transaction must not hold its locks for ever.
async fn open(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let mut conn = AsyncPgConnection::establish(url).await?;
    let limit = format!("set idle_in_transaction_session_timeout = '{}s'", LONGEST_PAUSE.as_secs());
    conn.batch_execute(&limit).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

impl Pool {
    /// A pool of at most `size` connections. Nothing is opened before it is needed.
    ///
    /// # Errors
    /// When the pool's settings cannot hold together.
    pub fn new(url: &str, size: usize) -> anyhow::Result<Self> {
        let mut config = ManagerConfig::default();
        // The default sends a test query at each check-out: measured at a fifth of all throughput.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| open(url).boxed());
        let manager =
            AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
        let pool = DeadPool::builder(manager)
            .max_size(size)
            .runtime(deadpool::Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_secs(5)))
            .create_timeout(Some(Duration::from_secs(5)))
            .recycle_timeout(Some(Duration::from_secs(5)))
            .build()?;
        Ok(Self(pool))
    }

    /// A connection, waiting at most five seconds for one.
    ///
    /// # Errors
    /// [`Error::Internal`] when PostgreSQL does not answer or the pool stays empty.
    pub async fn get(&self) -> Result<Lease> {
        let conn = self.0.get().await.context("no database connection").map_err(Error::Internal)?;
        Ok(Lease { conn: Some(conn), stopped: STOPPED.try_with(Arc::clone).ok() })
    }
}

/// A connection of the pool, given back when dropped. One whose operation was stopped meanwhile is not: what it
/// was doing is cancelled in the database, and nobody waits behind it.
pub struct Lease {
    conn: Option<Object<AsyncPgConnection>>,
    stopped: Option<Arc<AtomicBool>>,
}

tokio::task_local! {
    /// Whether the present operation was stopped.
    static STOPPED: Arc<AtomicBool>;
}

/// Does work within a time limit; `None` when it took longer. Statements of the work that still run then, or when
/// the whole is dropped because its client went away, are cancelled in the database. Those of loaders are not:
/// they are shared by operations.
pub async fn stoppable<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    /// Dropped before the work, because declared after it.
    struct Stop(Arc<AtomicBool>);
    impl Drop for Stop {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }
    let stopped = Arc::new(AtomicBool::new(false));
    let work = pin!(STOPPED.scope(stopped.clone(), work));
    let _stop = Stop(stopped);
    tokio::time::timeout(limit, work).await.ok()
}

const HELD: &str = "a lease holds its connection until it is dropped";

impl Deref for Lease {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.conn.as_ref().expect(HELD)
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        self.conn.as_mut().expect(HELD)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let stopped = self.stopped.as_ref().is_some_and(|flag| flag.load(Ordering::Acquire));
        if let Some(conn) = self.conn.take().filter(|_| stopped) {
            let token = conn.cancel_token();
            drop(Object::take(conn));
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move {
                    // Best effort: a server that does not hear it ends the statement with its connection.
                    let _ = tokio::time::timeout(CANCEL, token.cancel_query(NoTls)).await;
                });
            }
        }
    }
}

/// Applies the migrations that are missing. Several processes may call it at once.
///
/// # Errors
/// When PostgreSQL does not answer or a migration fails; nothing of the failed one stays.
pub async fn migrate(url: &str) -> anyhow::Result<Vec<String>> {
    with_harness(url, |harness| {
        let done = harness
            .run_pending_migrations(migrations::MIGRATIONS)
            .map_err(|e| anyhow::anyhow!("migration failed: {e}"))?;
        Ok(done.iter().map(ToString::to_string).collect())
    })
    .await
}

/// The migrations that are missing.
///
/// # Errors
/// When PostgreSQL does not answer.
pub async fn pending(url: &str) -> anyhow::Result<Vec<String>> {
    with_harness(url, |harness| {
        let missing = harness
            .pending_migrations(migrations::MIGRATIONS)
            .map_err(|e| anyhow::anyhow!("migrations cannot be read: {e}"))?;
        Ok(missing.iter().map(|migration| migration.name().to_string()).collect())
    })
    .await
}

/// Keeps a program from running on a database that lacks its migrations: it would fail at everything, and look well. A
/// database that is away is no reason not to start.
///
/// # Errors
/// When migrations are missing.
pub async fn current(url: &str) -> anyhow::Result<()> {
    /// Longest wait for the answer (ours).
    const PATIENCE: Duration = Duration::from_secs(5);
    match tokio::time::timeout(PATIENCE, pending(url)).await {
        Ok(Ok(missing)) if missing.is_empty() => {}
        Ok(Ok(missing)) => {
            anyhow::bail!("{} migrations are missing: run « server migrate » first", missing.len())
        }
        Ok(Err(error)) => tracing::warn!(%error, "starting without a look at the migrations"),
        Err(_) => tracing::warn!("starting without a look at the migrations: no answer"),
    }
    Ok(())
}

/// Takes every migration back and applies all again: proves that both directions work.
///
/// # Errors
/// As [`migrate`].
pub async fn redo_all(url: &str) -> anyhow::Result<()> {
    with_harness(url, |harness| {
        harness
            .revert_all_migrations(migrations::MIGRATIONS)
            .map_err(|e| anyhow::anyhow!("down migration failed: {e}"))?;
        harness
            .run_pending_migrations(migrations::MIGRATIONS)
            .map_err(|e| anyhow::anyhow!("up migration failed: {e}"))?;
        Ok(())
    })
    .await
}

async fn with_harness<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut AsyncMigrationHarness<AsyncPgConnection>) -> anyhow::Result<T>
    + Send
    + 'static,
) -> anyhow::Result<T> {
    let mut conn = AsyncPgConnection::establish(url).await.context("connecting to PostgreSQL")?;
    // The lock falls with the connection, whatever happens to the process.
    conn.batch_execute(&format!("select pg_advisory_lock({MIGRATION_LOCK})")).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    tokio::task::spawn_blocking(move || work(&mut harness)).await?
}

/// Lets the present transaction commit without waiting for the disk. Only for work that a job does again when its
/// commit is lost: the job's own end is written later, and reaches the disk no earlier than what came before it.
/// Where many such jobs leave others, it saves a wait for the disk each, and PostgreSQL lets only one transaction
/// that notifies wait at a time.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn commit_lazily(conn: &mut Conn) -> diesel::QueryResult<()> {
    let statement = diesel::sql_query("set local synchronous_commit = off");
    diesel_async::RunQueryDsl::execute(statement, conn).await.map(|_| ())
}
