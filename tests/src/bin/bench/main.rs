//! Measures the product with its real parts: the release programs as processes, their own database,
//! HTTP over loopback. `./dev bench [AREA…]` runs it; docs/benchmarks.md says how to read it.
//!
//! Figures are told, never asserted: a slow machine fails nothing. The exit code is 1 only when a
//! measure could not be made.
#![allow(clippy::print_stdout)] // the terminal is what it is for

mod committee;
mod dashboard;
mod due;
mod faults;
mod figure;
mod fill;
mod fuzz;
mod import;
mod load;
mod memory;
mod page;
mod peer;
mod queue;
mod throughput;
mod wire;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures_util::FutureExt;
use tests::database::Database;
use tests::process::Process;
use tokio::signal::unix::{SignalKind, signal};

use crate::figure::Figure;

/// The whole run ends within this time, whatever happens.
const LIMIT: Duration = Duration::from_secs(40 * 60);

/// What can be measured, in the order in which it is: those that share data follow each other.
const AREAS: [Area; 10] = [
    Area::Page,
    Area::Memory,
    Area::Dashboard,
    Area::Due,
    Area::Queue,
    Area::Import,
    Area::Committee,
    Area::Fuzz,
    Area::Throughput,
    Area::Faults,
];

/// One thing to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Area {
    Page,
    Memory,
    Dashboard,
    Due,
    Queue,
    Import,
    Committee,
    Fuzz,
    Throughput,
    Faults,
}

impl Area {
    const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Memory => "memory",
            Self::Dashboard => "dashboard",
            Self::Due => "due",
            Self::Queue => "queue",
            Self::Import => "import",
            Self::Committee => "committee",
            Self::Fuzz => "fuzz",
            Self::Throughput => "throughput",
            Self::Faults => "faults",
        }
    }

    /// Too long to be measured by the way: only when somebody asks for it by name.
    const fn is_long(self) -> bool {
        matches!(self, Self::Throughput | Self::Faults)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let wanted = match wanted(std::env::args().skip(1)) {
        Ok(areas) => areas,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    // Each measure ends here when somebody stops the run, and everything it started with it.
    tokio::select! {
        code = run(&wanted) => code,
        () = told_to_stop() => {
            eprintln!("stopped");
            ExitCode::from(130)
        }
    }
}

fn wanted(arguments: impl Iterator<Item = String>) -> anyhow::Result<Vec<Area>> {
    let names: Vec<String> = arguments.collect();
    let known = || AREAS.map(Area::name).join(", ");
    for name in &names {
        let found = AREAS.iter().any(|area| area.name() == name);
        anyhow::ensure!(
            found,
            "there is nothing called « {name} » to measure; choose among {}",
            known()
        );
    }
    let named = |area: &Area| names.iter().any(|name| name == area.name());
    let asked = |area: &Area| named(area) || (names.is_empty() && !area.is_long());
    Ok(AREAS.into_iter().filter(asked).collect())
}

async fn told_to_stop() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn run(wanted: &[Area]) -> ExitCode {
    let started = Instant::now();
    let mut bench = Bench::default();
    let (mut figures, mut failures) = (Vec::new(), Vec::new());
    for (place, area) in wanted.iter().enumerate() {
        let name = area.name();
        let left = LIMIT.saturating_sub(started.elapsed());
        // The harness asserts; here the words of an assertion tell why nothing was measured.
        let work = AssertUnwindSafe(bench.measure(*area)).catch_unwind();
        let measured = match tokio::time::timeout(left, work).await {
            Ok(Ok(measured)) => measured,
            Ok(Err(_)) => Err(anyhow::anyhow!("a part of the harness gave up, see above")),
            Err(_) => Err(anyhow::anyhow!("the run reached its limit of {} s", LIMIT.as_secs())),
        };
        match measured {
            Ok(measured) => {
                measured.iter().for_each(|figure| println!("{figure}"));
                figures.extend(measured);
            }
            Err(error) => {
                println!("{name:<10} not measured: {error:#}");
                failures.push(name);
            }
        }
        // What the areas to come do not need only disturbs them.
        bench.let_go(&wanted[place + 1..]);
    }
    println!("\n{}", figure::table(&figures));
    println!("{}", machine(started.elapsed()).await);
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("Not measured: {}.", failures.join(", "));
    ExitCode::FAILURE
}

/// What several measures share.
#[derive(Default)]
struct Bench {
    // Dropped first: it uses the database.
    server: Option<Process>,
    testimonies: Option<Database>,
}

impl Bench {
    async fn measure(&mut self, area: Area) -> anyhow::Result<Vec<Figure>> {
        match area {
            Area::Page => {
                peer::installed()?;
                let database = self.testimonies().await?;
                let (figures, server) = page::measure(&database).await?;
                self.server = Some(server);
                Ok(figures)
            }
            Area::Memory => {
                if self.server.is_none() {
                    let database = self.testimonies().await?;
                    self.server = Some(page::serve_for_a_while(&database).await?);
                }
                memory::measure(self.server.as_ref().context("no server")?)
            }
            Area::Dashboard => {
                let database = self.testimonies().await?;
                dashboard::measure(&database).await
            }
            Area::Due => due::measure().await,
            Area::Queue => queue::measure().await,
            Area::Import => import::measure().await,
            Area::Committee => committee::measure().await,
            Area::Fuzz => fuzz::measure().await,
            Area::Throughput => throughput::measure().await,
            Area::Faults => faults::measure().await,
        }
    }

    /// Address of a database with a million testimonies.
    async fn testimonies(&mut self) -> anyhow::Result<String> {
        if let Some(database) = &self.testimonies {
            return Ok(database.url.clone());
        }
        let database = Database::new().await?;
        fill::testimonies(&database.url).await?;
        let url = database.url.clone();
        self.testimonies = Some(database);
        Ok(url)
    }

    fn let_go(&mut self, to_come: &[Area]) {
        if !to_come.contains(&Area::Memory) {
            self.server = None;
        }
        if !to_come.iter().any(|area| matches!(area, Area::Page | Area::Memory | Area::Dashboard)) {
            self.testimonies = None;
        }
    }
}

/// A connection of the bench itself.
async fn connect(url: &str) -> anyhow::Result<AsyncPgConnection> {
    AsyncPgConnection::establish(url).await.context("connecting to PostgreSQL")
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What the figures were measured on.
async fn machine(took: Duration) -> String {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let postgresql = async {
        let mut conn = connect(&std::env::var("DATABASE_URL")?).await?;
        let query = "select current_setting('server_version') as version";
        let row: Version = diesel::sql_query(query).get_result(&mut conn).await?;
        anyhow::Ok(row.version)
    };
    let version = postgresql.await.unwrap_or_else(|_| "?".to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let profile = if cfg!(debug_assertions) { "UNOPTIMISED build" } else { "optimised build" };
    let day = schema::foundation::clock::Clock::system().today();
    format!(
        "{day}, {cores} cores shared by everything, PostgreSQL {version}, {profile}; the run took {} s.",
        took.as_secs()
    )
}
