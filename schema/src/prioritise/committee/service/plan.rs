//! Planning a committee: create, change, move, cancel.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::arm::{self, letter_job};
use super::{lock, record};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::{Error as Outcome, Result};
use crate::foundation::policy::Action;
use crate::foundation::text::required;
use crate::operate::job::{self, NewJob};
use crate::prioritise::committee::model::{
    Committee, CommitteeKind, CommitteeMode, CommitteeStatus, Letters, NewCommittee,
    ParticipantResponse,
};
use crate::prioritise::committee::rules::{Plan, TEXT_LENGTH, is_confirming};
use crate::prioritise::committee::store;
use crate::reference::structure;

/// A committee as somebody plans it.
#[derive(Debug, Clone)]
pub struct Creation {
    /// Code or global id of the structure that holds it.
    pub structure: String,
    /// Its kind.
    pub kind: CommitteeKind,
    /// The event.
    pub plan: Plan,
    /// Whether results and testimonies were analysed.
    pub results_analysed: bool,
    /// Whether first ideas were found in the team.
    pub ideas_gathered: bool,
}

/// Plans a committee, and the requests for confirmation of its start.
///
/// # Errors
/// Refusals about the event; `NOT_FOUND` for a structure out of reach.
pub async fn create(app: &App, caller: &Caller, input: Creation) -> Result<Committee> {
    caller.actor.scope(Action::OrganiseCommittees)?;
    let now = app.clock.now();
    let organiser_id = caller.actor.account_id().ok_or(Outcome::Unauthenticated)?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let place = structure::service::resolve(conn, &input.structure).await?;
        caller.actor.authorise(Action::OrganiseCommittees, &place.path)?;
        let plan = input.plan.checked(input.kind, now).map_err(Outcome::Refused)?;
        let row = NewCommittee {
            structure_id: place.id,
            kind: input.kind,
            title: plan.title,
            theme: plan.theme,
            aims: plan.aims,
            agenda: plan.agenda,
            results_analysed: input.results_analysed,
            ideas_gathered: input.ideas_gathered,
            starts_at: plan.starts_at,
            duration_minutes: plan.duration_minutes,
            mode: plan.mode,
            place: plan.place,
            link: plan.link,
            status: CommitteeStatus::Planned,
            organiser_id,
            created_at: now,
            updated_at: now,
        };
        let committee = store::insert(conn, &row).await?;
        record(conn, now, caller, "committee.create", &committee).await?;
        arm::arm(conn, now, &app.settings, &committee, &caller.request_id).await?;
        Ok(committee)
    })
    .await
}

/// What changes in a committee; `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Title.
    pub title: Option<String>,
    /// Theme.
    pub theme: Option<Option<String>>,
    /// Aims.
    pub aims: Option<String>,
    /// Agenda.
    pub agenda: Option<String>,
    /// Length in minutes.
    pub duration_minutes: Option<i32>,
    /// On site, remote or both.
    pub mode: Option<CommitteeMode>,
    /// Where.
    pub place: Option<Option<String>>,
    /// Address on line.
    pub link: Option<Option<String>>,
    /// Whether results and testimonies were analysed.
    pub results_analysed: Option<bool>,
    /// Whether first ideas were found in the team.
    pub ideas_gathered: Option<bool>,
    /// Why a composition outside the rule goes on all the same.
    pub override_reason: Option<String>,
}

fn as_planned(committee: &Committee) -> Plan {
    Plan {
        title: committee.title.clone(),
        theme: committee.theme.clone(),
        aims: committee.aims.clone(),
        agenda: committee.agenda.clone(),
        starts_at: committee.starts_at,
        duration_minutes: committee.duration_minutes,
        mode: committee.mode,
        place: committee.place.clone(),
        link: committee.link.clone(),
    }
}

/// Changes a committee, without its start. Those who are invited hear of what a calendar shows.
///
/// # Errors
/// Refusals about the event or its state; `NOT_FOUND` for another's committee.
pub async fn update(app: &App, caller: &Caller, id: i64, changes: Changes) -> Result<Committee> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let before = lock(conn, caller, id, now).await?;
        let old = as_planned(&before);
        let plan = Plan {
            title: changes.title.unwrap_or(old.title.clone()),
            theme: changes.theme.unwrap_or(old.theme.clone()),
            aims: changes.aims.unwrap_or(old.aims.clone()),
            agenda: changes.agenda.unwrap_or(old.agenda.clone()),
            starts_at: old.starts_at,
            duration_minutes: changes.duration_minutes.unwrap_or(old.duration_minutes),
            mode: changes.mode.unwrap_or(old.mode),
            place: changes.place.unwrap_or(old.place.clone()),
            link: changes.link.unwrap_or(old.link.clone()),
        };
        let plan = plan.checked(before.kind, now).map_err(Outcome::Refused)?;
        let reason = match changes.override_reason.as_deref() {
            None => None,
            Some(text) => Some(required(text, TEXT_LENGTH, true, &["overrideReason"])?),
        };
        let shown = plan.title != old.title
            || plan.duration_minutes != old.duration_minutes
            || plan.mode != old.mode
            || plan.place != old.place
            || plan.link != old.link;
        if shown {
            // The plan of jobs is named after the version of the event: it is laid anew.
            arm::disarm(conn, now, &before).await?;
        }
        store::replan(conn, id, &plan, shown, now).await?;
        let (analysed, gathered) = (changes.results_analysed, changes.ideas_gathered);
        let committee = store::note(conn, id, analysed, gathered, reason.as_deref(), now).await?;
        record(conn, now, caller, "committee.update", &committee).await?;
        if shown {
            arm::arm(conn, now, &app.settings, &committee, &caller.request_id).await?;
            tell(conn, now, &committee, Letters::Changed, &caller.request_id).await?;
        }
        if reason.is_some() && is_confirming(committee.starts_at, now) {
            arm::ask_again(conn, now, &committee, &caller.request_id).await?;
        }
        Ok(committee)
    })
    .await
}

/// Moves a committee to another start: what was planned for the old one is withdrawn, everybody invited is
/// invited to the new one, and earlier answers no longer count.
///
/// # Errors
/// Refusals about the start or the state; `NOT_FOUND` for another's committee.
pub async fn reschedule(
    app: &App,
    caller: &Caller,
    id: i64,
    starts_at: DateTime<Utc>,
) -> Result<Committee> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let before = lock(conn, caller, id, now).await?;
        let plan = Plan { starts_at, ..as_planned(&before) };
        let plan = plan.checked(before.kind, now).map_err(Outcome::Refused)?;
        if plan.starts_at == before.starts_at {
            return Ok(before);
        }
        arm::disarm(conn, now, &before).await?;
        let committee = store::replan(conn, id, &plan, true, now).await?;
        record(conn, now, caller, "committee.move", &committee).await?;
        arm::arm(conn, now, &app.settings, &committee, &caller.request_id).await?;
        let invited = tell(conn, now, &committee, Letters::Moved, &caller.request_id).await?;
        store::invite(conn, &invited, committee.starts_at, now).await?;
        Ok(committee)
    })
    .await
}

/// Cancels a committee and tells everybody who was invited.
///
/// # Errors
/// Refusals about the reason or the state; `NOT_FOUND` for another's committee.
pub async fn cancel(app: &App, caller: &Caller, id: i64, reason: &str) -> Result<Committee> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let before = lock(conn, caller, id, now).await?;
        let reason = required(reason, TEXT_LENGTH, true, &["reason"])?;
        arm::disarm(conn, now, &before).await?;
        let committee = store::cancel(conn, id, &reason, now).await?;
        record(conn, now, caller, "committee.cancel", &committee).await?;
        tell(conn, now, &committee, Letters::Cancelled, &caller.request_id).await?;
        Ok(committee)
    })
    .await
}

/// Leaves one letter for each person invited who has not declined, and gives their row numbers.
async fn tell(
    conn: &mut Conn,
    now: DateTime<Utc>,
    committee: &Committee,
    letter: Letters,
    request_id: &str,
) -> Result<Vec<i64>> {
    let people = store::people(conn, &[committee.id]).await?;
    let invited: Vec<i64> = people
        .iter()
        .filter(|p| p.invited_at.is_some() && p.response != ParticipantResponse::Declined)
        .map(|p| p.id)
        .collect();
    let jobs: Vec<NewJob> = invited
        .iter()
        .map(|id| letter_job(*id, letter, committee.sequence).request(request_id))
        .collect();
    job::enqueue_many(conn, now, jobs).await?;
    Ok(invited)
}
