//! The pool of PostgreSQL connections and the migrations.

use std::time::Duration;

use anyhow::Context;
use diesel_async::pooled_connection::deadpool::{Object, Pool as DeadPool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection,
};
use diesel_migrations::MigrationHarness;

use super::error::{Error, Result};

/// A connection outside of a pool.
pub type Conn = AsyncPgConnection;

/// Connections to PostgreSQL, shared by a process.
#[derive(Clone)]
pub struct Pool(DeadPool<AsyncPgConnection>);

/// Key of the advisory lock that lets one process migrate at a time.
const MIGRATION_LOCK: i64 = 0x5350_5031;

impl Pool {
    /// A pool of at most `size` connections. Nothing is opened before it is needed.
    ///
    /// # Errors
    /// When the pool's settings cannot hold together.
    pub fn new(url: &str, size: usize) -> anyhow::Result<Self> {
        let mut config = ManagerConfig::default();
        // The default sends a test query at each check-out: measured at a fifth of all throughput.
        config.recycling_method = RecyclingMethod::Fast;
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
    pub async fn get(&self) -> Result<Object<AsyncPgConnection>> {
        self.0.get().await.context("no database connection").map_err(Error::Internal)
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
