//! The worker program.

use std::io::IsTerminal;

use clap::{Parser, Subcommand, ValueEnum};
use schema::foundation::app::App;
use schema::foundation::database::{self, Pool};
use schema::foundation::settings::Settings as DomainSettings;
use schema::foundation::trace::{self, Exporter};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};
use worker::config::Settings;

/// Does the background work of Services Publics +.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// What is logged, as `info` or `info,worker=debug`.
    #[arg(long, env = "SPP_LOG", default_value = "info,apalis_core=warn,poem=warn", global = true)]
    log: String,
    /// How it is logged.
    #[arg(long, env = "SPP_LOG_FORMAT", default_value = "text", global = true)]
    log_format: LogFormat,
}

#[derive(Subcommand)]
enum Command {
    /// Runs jobs until SIGTERM or SIGINT; then finishes or hands back what runs.
    Run(Settings),
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let _exporter = start_log(&cli.log, cli.log_format)?;
    match cli.command {
        Command::Run(settings) => run(settings).await,
    }
}

async fn run(settings: Settings) -> anyhow::Result<()> {
    let config = worker::Config::try_from(settings)?;
    database::current(&config.database_url).await?;
    // Every slot may want a connection at once; the helpers take a few.
    let connections = config.slots.iter().map(|(_, slots)| slots).sum::<usize>().min(12) + 2;
    let pool = Pool::new(&config.database_url, connections)?;
    let app = App::new(pool, DomainSettings::from_env()?);
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop");
        told.cancel();
    });
    worker::run(config, app, stop).await
}

fn start_log(directives: &str, format: LogFormat) -> anyhow::Result<Option<Exporter>> {
    // The mail library writes addresses and whole messages when it is asked to talk: never.
    let filter = EnvFilter::try_new(directives)?.add_directive("lettre=warn".parse()?);
    let log = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let log = match format {
        LogFormat::Text => log.boxed(),
        LogFormat::Json => log.json().boxed(),
    };
    let (traces, exporter) = trace::layer("worker")?.unzip();
    tracing_subscriber::registry().with(log.with_filter(filter)).with(traces).init();
    Ok(exporter)
}
