//! The demonstration: a fictitious département, a year of its life. The same seed gives the same data
//! on the same day.

mod accounts;
mod committees;
mod draw;
mod requests;
mod testimonies;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use schema::foundation::actor::Grant;
use schema::foundation::app::App;
use schema::foundation::policy::Role;
use schema::reference::structure;

pub use accounts::{PASSWORD, logins};

use crate::import::{bar, console, show};

const STRUCTURES: &[u8] = include_bytes!("../../demo/structures.csv");

/// Loads the demonstration data, unless there are structures already.
///
/// # Errors
/// When the database refuses; what was loaded before stays, and a second call goes no further than
/// saying so.
#[allow(clippy::print_stdout)] // a command line talks on its standard output
pub async fn seed(app: &App) -> anyhow::Result<()> {
    let known: i64 =
        schema::tables::structure::table.count().get_result(&mut *app.pool.get().await?).await?;
    if known > 0 {
        println!("demonstration data: already there ({known} structures)");
        return Ok(());
    }
    let bar = bar("structures");
    let caller = console(Grant { role: Role::National, structure_id: None });
    let done = structure::import::import(app, &caller, STRUCTURES, &mut |done, total| {
        show(&bar, done, total)
    })
    .await?;
    bar.finish_and_clear();
    let accounts = accounts::seed(app).await?;
    let testimonies = testimonies::seed(app).await?;
    let requests = requests::seed(app).await?;
    let committees = committees::seed(app).await?;
    println!(
        "demonstration data: {} structures, {accounts} accounts, {testimonies} testimonies, {requests} letters and e-mails, {committees} committees",
        done.created
    );
    Ok(())
}
