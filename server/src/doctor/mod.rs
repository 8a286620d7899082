//! `server doctor`: looks at everything the product stands on, and says what to do about what is wrong.

mod mail;

use std::fmt::Display;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use schema::foundation::clock::Clock;
use schema::foundation::database;
use schema::operate::job::service::figures;

use crate::config::Config;
use crate::documents::Documents;
use crate::federation::{Federation, FederationSettings};

/// Longest wait for anything looked at.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clocks that differ by more put reminders on the wrong day, now and then (ours).
const SKEW: TimeDelta = TimeDelta::seconds(2);
/// A job that waits longer says that no worker takes it (ours).
const WAITING: TimeDelta = TimeDelta::minutes(10);
/// Oldest PostgreSQL that the statements are written for.
const POSTGRES: i32 = 15;

/// What was found of one thing.
enum Found {
    Well(String),
    /// The product runs, but somebody should know.
    Odd(String, &'static str),
    /// The product does not run.
    Wrong(String, &'static str),
}

/// What is looked at, and what was found.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    wrong: usize,
}

impl Report {
    fn add(&mut self, what: &str, found: Found) {
        let (mark, text, advice) = match found {
            Found::Well(text) => ("ok  ", text, None),
            Found::Odd(text, advice) => ("odd ", text, Some(advice)),
            Found::Wrong(text, advice) => {
                self.wrong += 1;
                ("FAIL", text, Some(advice))
            }
        };
        self.lines.push(format!("{mark} {what}: {text}"));
        self.lines.extend(advice.map(|advice| format!("       → {advice}")));
    }
}

/// Looks at everything, prints what it finds, and says whether all is well.
///
/// # Errors
/// When something keeps the product from running.
#[allow(clippy::print_stdout)] // a command line talks on its standard output
pub async fn examine() -> anyhow::Result<()> {
    let mut report = Report::default();
    match Config::from_env() {
        Err(error) => report.add(
            "settings",
            Found::Wrong(
                format!("{error:#}"),
                "docs/operating.md lists every setting and what it accepts.",
            ),
        ),
        Ok(config) => {
            report.add("settings", public_url(&config.settings.public_url));
            if config.trusted_documents.is_some() || config.trusted_only {
                report.add("trusted documents", trusted(&config));
            }
            database(&config, &mut report).await;
            report.add("redis", redis(config.redis_url.as_deref()).await);
            if let Some(settings) = config.federation {
                let public_url = &config.settings.public_url;
                report.add("identity provider", provider(settings, public_url).await);
            }
        }
    }
    report.add("mail", mail::look(std::env::var("SPP_MAIL").ok().as_deref()).await);
    for line in &report.lines {
        println!("{line}");
    }
    match report.wrong {
        0 => Ok(()),
        some => anyhow::bail!("{some} of these keep the product from running"),
    }
}

fn public_url(url: &str) -> Found {
    let local = url.contains("//127.0.0.1") || url.contains("//localhost");
    if url.starts_with("https://") || local {
        Found::Well(format!("links in e-mails start with {url}"))
    } else {
        Found::Odd(
            format!("links in e-mails start with {url}, which is no https address"),
            "Set SPP_PUBLIC_URL to the https address that citizens use.",
        )
    }
}

/// The server does not start without them.
fn trusted(config: &Config) -> Found {
    match Documents::of(config) {
        Ok(documents) => Found::Well(format!("{} can be asked for", documents.trusted_len())),
        Err(error) => Found::Wrong(
            format!("{error:#}"),
            "Deploy the file that the front end's build wrote, or set SPP_TRUSTED_ONLY=off.",
        ),
    }
}

async fn database(config: &Config, report: &mut Report) {
    let connecting = AsyncPgConnection::establish(&config.database_url);
    let mut conn = match tokio::time::timeout(PATIENCE, connecting).await {
        Ok(Ok(conn)) => conn,
        Ok(Err(error)) => return report.add("database", unreachable(&error)),
        Err(_) => return report.add("database", unreachable(&"no answer in 5 seconds")),
    };
    report.add("database", version(&mut conn).await.unwrap_or_else(|error| unreachable(&error)));
    let migrated = migrations(config).await;
    let current = matches!(migrated, Found::Well(_));
    report.add("migrations", migrated);
    report.add("clock", clock(&mut conn).await.unwrap_or_else(|error| unreachable(&error)));
    if current {
        report.add("workers", workers(&mut conn).await.unwrap_or_else(|error| unreachable(&error)));
    }
}

fn unreachable(error: &impl Display) -> Found {
    Found::Wrong(
        error.to_string(),
        "Check DATABASE_URL, and that PostgreSQL runs and lets this machine in.",
    )
}

async fn version(conn: &mut AsyncPgConnection) -> QueryResult<Found> {
    #[derive(QueryableByName)]
    struct Version {
        #[diesel(sql_type = Text)]
        text: String,
        #[diesel(sql_type = diesel::sql_types::Integer)]
        major: i32,
        #[diesel(sql_type = Bool)]
        extensions: bool,
    }
    let found: Version = diesel::sql_query(
        "select current_setting('server_version') as text, current_setting('server_version_num')::int / 10000 as major,
            (select count(*) = 2 from pg_available_extensions where name in ('unaccent', 'pg_trgm')) as extensions",
    )
    .get_result(conn)
    .await?;
    let text = format!("PostgreSQL {}", found.text);
    Ok(if found.major < POSTGRES {
        Found::Wrong(text, "PostgreSQL 15 or newer is needed.")
    } else if !found.extensions {
        Found::Wrong(
            format!("{text} without the extensions unaccent and pg_trgm"),
            "Install its « contrib » package.",
        )
    } else {
        Found::Well(text)
    })
}

async fn migrations(config: &Config) -> Found {
    match database::pending(&config.database_url).await {
        Ok(missing) if missing.is_empty() => Found::Well("all applied".to_owned()),
        Ok(missing) => Found::Wrong(
            format!("{} missing: {}", missing.len(), missing.join(", ")),
            "Run « server migrate » before the new version.",
        ),
        Err(error) => {
            Found::Wrong(format!("{error:#}"), "The database must be readable by this account.")
        }
    }
}

async fn clock(conn: &mut AsyncPgConnection) -> QueryResult<Found> {
    #[derive(QueryableByName)]
    struct Now {
        #[diesel(sql_type = Timestamptz)]
        now: DateTime<Utc>,
    }
    let theirs: Now = diesel::sql_query("select clock_timestamp() as now").get_result(conn).await?;
    let apart = (Clock::system().now() - theirs.now).abs();
    let text = format!("{} ms from the database's", apart.num_milliseconds());
    Ok(if apart > SKEW {
        Found::Wrong(text, "Let both machines take their time from the same source (NTP).")
    } else {
        Found::Well(text)
    })
}

async fn workers(conn: &mut AsyncPgConnection) -> QueryResult<Found> {
    let now = Clock::system().now();
    let queues = figures(conn, now).await?;
    let dead: i64 = queues.iter().map(|queue| queue.dead).sum();
    let waits = |at: DateTime<Utc>| now - at > WAITING;
    // No worker takes from a queue that an operator paused.
    let late = queues.iter().filter(|of| of.pause.is_none() && of.oldest_due.is_some_and(waits));
    let late: Vec<String> = late.map(|queue| queue.queue.to_string()).collect();
    let paused = queues.iter().filter(|of| of.pause.is_some() && of.waiting > 0);
    let paused: Vec<String> = paused.map(|of| format!("{} ({})", of.queue, of.waiting)).collect();
    Ok(if !late.is_empty() {
        Found::Odd(
            format!("jobs wait for more than 10 minutes in {}", late.join(", ")),
            "Start a worker, or more of them; « jobQueues » shows what waits.",
        )
    } else if dead > 0 {
        Found::Odd(
            format!("{dead} dead jobs"),
            "Look at « jobs(filter: { state: DEAD }) »; retry those whose cause is mended.",
        )
    } else if !paused.is_empty() {
        Found::Odd(
            format!("jobs wait in queues that an operator paused: {}", paused.join(", ")),
            "Resume them once their cause is mended: « jobQueueResume », or the page /operations.",
        )
    } else {
        Found::Well("nothing waits long, nothing died".to_owned())
    })
}

async fn redis(url: Option<&str>) -> Found {
    let advice =
        "Without Redis live events come seconds late; everything else works. Check REDIS_URL.";
    let Some(url) = url else { return Found::Odd("REDIS_URL is not set".to_owned(), advice) };
    let ping = async {
        let client = redis::Client::open(url)?;
        let mut conn = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").query_async::<String>(&mut conn).await
    };
    match tokio::time::timeout(PATIENCE, ping).await {
        Ok(Ok(_)) => Found::Well("answers".to_owned()),
        Ok(Err(error)) => Found::Odd(error.to_string(), advice),
        Err(_) => Found::Odd("no answer in 5 seconds".to_owned(), advice),
    }
}

/// Without the provider, agents log in with passwords only.
async fn provider(settings: FederationSettings, public_url: &str) -> Found {
    let advice = "Check SPP_OIDC_ISSUER, the provider, and the network between.";
    let issuer = settings.issuer.clone();
    let federation = match Federation::new(settings, public_url) {
        Ok(federation) => federation,
        Err(error) => return Found::Odd(format!("{error:#}"), advice),
    };
    match tokio::time::timeout(PATIENCE, federation.look(&Clock::system())).await {
        Ok(Ok(())) => Found::Well(format!("{issuer} publishes what it must")),
        Ok(Err(reason)) => Found::Odd(format!("{issuer}: {reason}"), advice),
        Err(_) => Found::Odd(format!("{issuer}: no answer in 5 seconds"), advice),
    }
}
