//! The use cases of committees.

mod arm;
mod invite;
mod plan;
mod pool;
mod read;
mod respond;

pub use invite::{Invitation, Person, PersonSource, Warning, WarningCode, invite};
pub use plan::{Changes, Creation, cancel, create, reschedule, update};
pub use pool::{
    Application, apply, candidate_consent, candidates, candidates_by_ids, officials,
    officials_by_ids, save_official,
};
pub use read::{
    by_id, by_ids, closed_by_ids, count, find, list, list_closed, people, people_by_ids, people_of,
};
pub use respond::{Answer, Door, Reply, look, respond, wording};

pub use arm::{Ask, ask};

use chrono::{DateTime, Utc};

pub use super::error::Error;
use super::model::{Committee, CommitteeStatus};
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::{Error as Outcome, Result};
use crate::foundation::policy::Action;
use crate::reference::structure;

/// The committee, locked, if the caller may change it and it is to come; one of another structure is as if
/// absent.
async fn lock(conn: &mut Conn, caller: &Caller, id: i64, now: DateTime<Utc>) -> Result<Committee> {
    let committee = lock_open(conn, caller, id).await?;
    if committee.starts_at <= now { Err(Error::Begun.into()) } else { Ok(committee) }
}

/// The committee, locked, if the caller may change it and it has begun, for those who write down what is said.
///
/// # Errors
/// [`Error::NotHeld`] before its start; [`Error::NotPlanned`] when it is cancelled or closed.
pub async fn lock_held(
    conn: &mut Conn,
    caller: &Caller,
    id: i64,
    now: DateTime<Utc>,
) -> Result<Committee> {
    let committee = lock_open(conn, caller, id).await?;
    if committee.starts_at > now { Err(Error::NotHeld.into()) } else { Ok(committee) }
}

async fn lock_open(conn: &mut Conn, caller: &Caller, id: i64) -> Result<Committee> {
    caller.actor.scope(Action::OrganiseCommittees)?;
    let committee = store::lock(conn, id).await?.ok_or(Outcome::NotFound)?;
    let structure = structure::service::find(conn, committee.structure_id).await?;
    let path = structure.map(|structure| structure.path).unwrap_or_default();
    caller.actor.authorise(Action::OrganiseCommittees, &path)?;
    match committee.status {
        CommitteeStatus::Planned => Ok(committee),
        CommitteeStatus::Cancelled | CommitteeStatus::Closed => Err(Error::NotPlanned.into()),
    }
}

/// Writes the trail of a change.
pub(in crate::prioritise) async fn record(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    action: &str,
    committee: &Committee,
) -> Result<()> {
    let subject = format!("committee:{}", committee.id);
    Ok(audit::record(conn, now, caller, action, &subject, Some(committee.structure_id)).await?)
}
