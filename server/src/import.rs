//! Imports from the command line: the same as the API's, with a progress bar.
#![allow(clippy::print_stdout)] // a command line talks on its standard output

use std::path::Path;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use schema::foundation::actor::{Actor, Caller, Grant};
use schema::foundation::app::App;
use schema::foundation::policy::Role;
use schema::measure::written_request;
use schema::reference::structure;

/// Imports the reference list of structures.
///
/// # Errors
/// When the file cannot be read, or every wrong line of it.
pub async fn structures(app: &App, file: &Path) -> anyhow::Result<()> {
    let bytes = read(file)?;
    let caller = console(Grant { role: Role::National, structure_id: None });
    let bar = bar("structures");
    let done =
        structure::import::import(app, &caller, &bytes, &mut |done, total| show(&bar, done, total))
            .await?;
    bar.finish_and_clear();
    println!(
        "{} lines: {} structures created, {} updated, {} unchanged",
        done.read, done.created, done.updated, done.unchanged
    );
    Ok(())
}

/// Imports which establishment each structure is.
///
/// # Errors
/// As [`structures`].
pub async fn sirets(app: &App, file: &Path) -> anyhow::Result<()> {
    let caller = console(Grant { role: Role::National, structure_id: None });
    let done = structure::sirets::import(app, &caller, &read(file)?).await?;
    println!("{} lines: {} structures updated", done.read, done.updated);
    Ok(())
}

/// Imports a register of letters and e-mails of one structure.
///
/// # Errors
/// As [`structures`]; also when the structure is unknown.
pub async fn written_requests(app: &App, file: &Path, code: &str) -> anyhow::Result<()> {
    let bytes = read(file)?;
    let known = structure::service::by_code(app, code)
        .await?
        .with_context(|| format!("no structure has the code {code}"))?;
    let caller = console(Grant { role: Role::Agent, structure_id: Some(known.id) });
    let bar = bar("written requests");
    let done = written_request::import::import(app, &caller, code, &bytes, &mut |done, total| {
        show(&bar, done, total)
    })
    .await?;
    bar.finish_and_clear();
    println!(
        "{} lines: {} requests created, {} updated, {} unchanged",
        done.read, done.created, done.updated, done.unchanged
    );
    Ok(())
}

/// The person at the command line, for one task.
pub fn console(grant: Grant) -> Caller {
    Caller {
        actor: Actor::console(vec![grant]),
        request_id: uuid::Uuid::new_v4().to_string(),
        ..Caller::default()
    }
}

/// A bar for long work; silent when nobody watches.
pub fn bar(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>20} {wide_bar} {pos}/{len} {eta}");
    ProgressBar::new(0)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message(what)
}

/// Moves a bar.
pub fn show(bar: &ProgressBar, done: usize, total: usize) {
    bar.set_length(total as u64);
    bar.set_position(done as u64);
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("reading {}", file.display()))
}
