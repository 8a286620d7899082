//! `server audit verify`.

use anyhow::bail;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use schema::operate::audit::model::Noted;
use schema::operate::audit::service;

use crate::import::bar;

/// Verifies the trail of changes, also against heads that were noted, and prints what it found.
///
/// # Errors
/// When the database cannot be read, or the chain is broken.
#[allow(clippy::print_stdout)] // a command line talks on its standard output
pub async fn verify(database_url: &str, noted: &[Noted]) -> anyhow::Result<()> {
    let mut conn = AsyncPgConnection::establish(database_url).await?;
    let bar = bar("entries");
    let found = service::verify(&mut conn, noted, &mut |done, total| {
        bar.set_length(u64::try_from(total).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    })
    .await?;
    bar.finish_and_clear();
    match found.fault {
        None => {
            println!(
                "{0} entries, none edited, removed or slipped in; head {0}:{1}",
                found.entries, found.head
            );
            Ok(())
        }
        Some(fault) => bail!("the trail is broken after {} entries: {fault}", found.entries),
    }
}
