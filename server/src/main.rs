//! The server program: serves the API, migrates, imports, prints what is committed.
#![allow(clippy::print_stdout)] // a command line talks on its standard output

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use schema::foundation::app::App;
use schema::foundation::database::{self, Pool};
use schema::foundation::policy;
use schema::graphql::root;
use schema::operate::audit::model::Noted;
use server::config::Config;
use server::serve::Server;
use server::{account, audit, demo, doctor, import, print};
use tokio_util::sync::CancellationToken;

/// Measured to serve a page of objects up to a quarter faster than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Services Publics +: the open back end.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until stopped.
    Run,
    /// Apply the migrations that are missing.
    Migrate {
        /// Take every migration back and apply all again: for scratch databases only, all data is lost.
        #[arg(long)]
        redo: bool,
    },
    /// Import a file.
    #[command(subcommand)]
    Import(Import),
    /// Accounts: the first ones of a new installation.
    #[command(subcommand)]
    Account(Account),
    /// Look at settings, database, migrations, clock, workers, Redis and mail server, and say what to do.
    Doctor,
    /// The trail of changes.
    #[command(subcommand)]
    Audit(Audit),
    /// Demonstration data: a fictitious département.
    #[command(subcommand)]
    Demo(Demo),
    /// Print a text that is committed and checked.
    Print {
        /// Which one.
        #[arg(value_enum)]
        what: Printed,
    },
}

#[derive(Subcommand)]
enum Import {
    /// The reference list of structures (CSV).
    Structures {
        /// The file.
        file: PathBuf,
    },
    /// Which establishment each structure is, by its SIRET (CSV).
    Sirets {
        /// The file.
        file: PathBuf,
    },
    /// A register of letters and e-mails (CSV).
    WrittenRequests {
        /// The file.
        file: PathBuf,
        /// Code of the structure that keeps the register.
        #[arg(long)]
        structure: String,
    },
}

#[derive(Subcommand)]
enum Account {
    /// Open an account; its password is drawn and printed once.
    Create {
        /// Address, which is also the login.
        email: String,
        /// Name shown to colleagues.
        #[arg(long)]
        name: String,
        /// A role, with its structure when it needs one: `NATIONAL`, `MANAGER@Xdrq90LES`. May be repeated.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
    },
    /// Give an account a role.
    Grant {
        /// Address of the account.
        email: String,
        /// The role, with its structure when it needs one: `NATIONAL`, `MANAGER@Xdrq90LES`.
        role: String,
    },
    /// Take a role from an account.
    Withdraw {
        /// Address of the account.
        email: String,
        /// The role, as for `grant`.
        role: String,
    },
    /// Close an account: nobody logs in any more, and its tokens stop at once.
    Close {
        /// Address of the account.
        email: String,
    },
    /// Open a closed account again.
    Reopen {
        /// Address of the account.
        email: String,
    },
    /// Draw another password, printed once, and end every session.
    Password {
        /// Address of the account.
        email: String,
    },
    /// Forget who an account is at the identity provider: the next log-in links it anew.
    Unlink {
        /// Address of the account.
        email: String,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Recompute the whole chain and say whether anything was edited, removed or slipped in; exits with 1 then.
    Verify {
        /// A head that an earlier run printed; the chain must still lead through it. May be repeated.
        #[arg(long = "noted", value_name = "POSITION:HASH")]
        noted: Vec<Noted>,
    },
}

#[derive(Subcommand)]
enum Demo {
    /// Load the data, unless they are there.
    Seed,
    /// Print the logins.
    Logins {
        /// As shell exports.
        #[arg(long)]
        exports: bool,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Printed {
    /// The API's definition.
    Sdl,
    /// The table of rights.
    Policy,
    /// The Rust description of the database's tables, read from `DATABASE_URL`.
    Tables,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _exporter = server::logs::start()?;
    match Cli::parse().command {
        Command::Run => run().await,
        Command::Migrate { redo: false } => {
            let done = database::migrate(&database_url()?).await?;
            done.iter().for_each(|name| println!("applied {name}"));
            println!("{} migrations applied, the database is up to date", done.len());
            Ok(())
        }
        Command::Migrate { redo: true } => {
            database::redo_all(&database_url()?).await?;
            println!("every migration went down and up again");
            Ok(())
        }
        Command::Import(Import::Structures { file }) => import::structures(&app()?, &file).await,
        Command::Import(Import::Sirets { file }) => import::sirets(&app()?, &file).await,
        Command::Import(Import::WrittenRequests { file, structure }) => {
            import::written_requests(&app()?, &file, &structure).await
        }
        Command::Account(what) => change_account(&app()?, what).await,
        Command::Doctor => doctor::examine().await,
        Command::Audit(Audit::Verify { noted }) => audit::verify(&database_url()?, &noted).await,
        Command::Demo(Demo::Seed) => demo::seed(&app()?).await,
        Command::Demo(Demo::Logins { exports }) => {
            println!("{}", demo::logins(exports)?);
            Ok(())
        }
        Command::Print { what } => {
            let text = match what {
                Printed::Sdl => root::sdl(),
                Printed::Policy => policy::table(),
                Printed::Tables => print::tables(&database_url()?).await?,
            };
            print!("{text}");
            Ok(())
        }
    }
}

fn database_url() -> anyhow::Result<String> {
    std::env::var("DATABASE_URL").context("DATABASE_URL is not set; « ./dev env » prints one")
}

fn app() -> anyhow::Result<App> {
    let config = Config::from_env()?;
    Ok(App::new(Pool::new(&config.database_url, config.pool_size)?, config.settings))
}

async fn run() -> anyhow::Result<()> {
    let config = Config::from_env()?;
    database::current(&config.database_url).await?;
    let app = App::new(Pool::new(&config.database_url, config.pool_size)?, config.settings.clone());
    let stop = CancellationToken::new();
    let server = Server::bind(&config, app, stop.clone()).await?;
    tracing::info!(address = %server.address, "listening");
    tokio::spawn(async move {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping: running requests may end");
        stop.cancel();
        Ok::<(), std::io::Error>(())
    });
    server.run().await
}

async fn change_account(app: &App, what: Account) -> anyhow::Result<()> {
    match what {
        Account::Create { email, name, roles } => {
            let password = account::create(app, &email, &name, &roles).await?;
            println!("account {email} opened; its password, shown once: {password}");
        }
        Account::Grant { email, role } => {
            account::grant(app, &email, &role).await?;
            println!("account {email} has the role {role}");
        }
        Account::Withdraw { email, role } => {
            account::withdraw(app, &email, &role).await?;
            println!("account {email} has the role {role} no more");
        }
        Account::Close { email } => {
            account::close(app, &email).await?;
            println!("account {email} is closed");
        }
        Account::Reopen { email } => {
            account::reopen(app, &email).await?;
            println!("account {email} is open");
        }
        Account::Password { email } => {
            let password = account::password(app, &email).await?;
            println!("account {email} has another password, shown once: {password}");
        }
        Account::Unlink { email } => {
            account::unlink(app, &email).await?;
            println!("account {email} is linked to nobody");
        }
    }
    Ok(())
}
