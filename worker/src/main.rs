//! The worker program.

use std::io::IsTerminal;

use clap::{Parser, Subcommand, ValueEnum};
use schema::foundation::app::App;
use schema::foundation::database::Pool;
use schema::foundation::settings::Settings as DomainSettings;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
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
    start_log(&cli.log, cli.log_format)?;
    match cli.command {
        Command::Run(settings) => run(settings).await,
    }
}

async fn run(settings: Settings) -> anyhow::Result<()> {
    let config = worker::Config::try_from(settings)?;
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

fn start_log(directives: &str, format: LogFormat) -> anyhow::Result<()> {
    // The mail library writes addresses and whole messages when it is asked to talk: never.
    let filter = EnvFilter::try_new(directives)?.add_directive("lettre=warn".parse()?);
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
