//! The use cases of minutes.

mod close;
mod read;
mod record;
mod share;

pub use close::close;
pub use read::{document, list, minutes, outcomes_by_ids, summary, visible};
pub use record::{OriginEntry, OutcomeEntry, Recording, record};
pub use share::{Reader, drawn, to_draw};

use super::rules::Proofreader;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::prioritise::committee::model::{Committee, Participant};
use crate::reference::account;

/// Who reads the texts of a committee for the names of its people and its organiser.
async fn proofreader(
    conn: &mut Conn,
    committee: &Committee,
    people: &[Participant],
) -> Result<Proofreader> {
    let organiser = account::service::recipient(conn, committee.organiser_id).await?;
    Ok(Proofreader::new(people, organiser.map(|found| found.display_name)))
}
