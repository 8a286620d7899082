//! One database per test, cloned from a template that is migrated once.

use anyhow::Context;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use schema::foundation::database;
use sha2::{Digest, Sha256};

/// Lets one test process at a time make the template.
const LOCK: i64 = 0x5350_5054;

/// A database of its own, dropped when the value is.
pub struct Database {
    /// Its address.
    pub url: String,
    name: String,
    admin: String,
}

impl Database {
    /// Clones the template, making it first if no test has yet.
    ///
    /// # Errors
    /// When PostgreSQL does not answer.
    pub async fn new() -> anyhow::Result<Self> {
        let admin = std::env::var("DATABASE_URL")
            .context("DATABASE_URL is not set: « ./dev test » starts a PostgreSQL for the tests")?;
        let template = template(&admin).await?;
        let name = format!("spp_test_{}", uuid());
        let mut conn = AsyncPgConnection::establish(&admin).await?;
        conn.batch_execute(&format!("create database {name} template {template}")).await?;
        Ok(Self { url: with_name(&admin, &name)?, name, admin })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // Dropping a database needs a connection, and a destructor cannot wait: a thread can.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut conn = AsyncPgConnection::establish(&admin).await?;
                conn.batch_execute(&format!("drop database if exists {name} with (force)")).await?;
                anyhow::Ok(())
            })
        });
        let _ = dropping.join();
    }
}

/// The template's name tells its migrations, so that a changed one is never reused.
async fn template(admin: &str) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    for folder in sorted(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations"))? {
        let up = folder.join("up.sql");
        if up.exists() {
            hash.update(std::fs::read(up)?);
        }
    }
    let name = format!("spp_template_{}", &hex::encode(hash.finalize())[..16]);
    let mut conn = AsyncPgConnection::establish(admin).await?;
    conn.batch_execute(&format!("select pg_advisory_lock({LOCK})")).await?;
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let known: Count = diesel::sql_query(format!(
        "select count(*) as count from pg_database where datname = '{name}'"
    ))
    .get_result(&mut conn)
    .await?;
    if known.count == 0 {
        // Made under another name first: a test that is killed half-way leaves no half template.
        let draft = format!("{name}_draft");
        conn.batch_execute(&format!("drop database if exists {draft} with (force)")).await?;
        conn.batch_execute(&format!("create database {draft}")).await?;
        database::migrate(&with_name(admin, &draft)?).await?;
        conn.batch_execute(&format!("alter database {draft} rename to {name}")).await?;
    }
    Ok(name)
}

fn sorted(folder: &str) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

fn with_name(url: &str, name: &str) -> anyhow::Result<String> {
    let (server, _) = url.rsplit_once('/').context("DATABASE_URL names no database")?;
    Ok(format!("{server}/{name}"))
}

/// A short name that no other test has.
pub fn uuid() -> String {
    schema::foundation::chance::new_secret()
        .expect("chance")
        .expose()
        .to_lowercase()
        .replace(['-', '_'], "0")[..16]
        .to_owned()
}
