//! Invitations leave.

use chrono::{DateTime, Utc};

use super::super::Error;
use super::super::arm::{self, letter_job};
use super::{Warning, WarningCode};
use crate::foundation::database::Conn;
use crate::foundation::error::{Error as Outcome, Refuse, Result};
use crate::operate::job::{self, NewJob};
use crate::prioritise::committee::model::{Committee, CommitteeKind, Letters, Participant};
use crate::prioritise::committee::rules::{FindingSeverity, Headcount, findings, is_confirming};
use crate::prioritise::committee::store;

/// Checks the prerequisites and the composition when invitations leave.
pub(super) fn composed(committee: &Committee, people: &[Participant]) -> Result<Vec<Warning>> {
    let overridden = committee.override_reason.is_some();
    let mut faults = Vec::new();
    let ready = committee.results_analysed && committee.ideas_gathered;
    if committee.kind == CommitteeKind::Local && !ready && !overridden {
        faults.push(Error::Prerequisites.refusal());
    }
    let count = Headcount::expected(people);
    let mut warnings = Vec::new();
    for finding in findings(committee.kind, count) {
        match finding.severity {
            FindingSeverity::Error if !overridden => {
                faults.push(Error::Composition(finding).refusal());
            }
            FindingSeverity::Error => {}
            FindingSeverity::Blocking | FindingSeverity::Warning => {
                let code = match finding.severity {
                    FindingSeverity::Blocking => WarningCode::NoElectedOfficial,
                    _ => WarningCode::AboveRecommended,
                };
                warnings.push(Warning { code, message: finding.message() });
            }
        }
    }
    if faults.is_empty() { Ok(warnings) } else { Err(Outcome::Refused(faults)) }
}

/// Invites everybody on the list who was not invited to this start.
pub(super) async fn send(
    conn: &mut Conn,
    now: DateTime<Utc>,
    committee: &Committee,
    people: &[Participant],
    request_id: &str,
) -> Result<()> {
    let fresh: Vec<i64> = people
        .iter()
        .filter(|p| p.counts() && p.invited_for != Some(committee.starts_at))
        .map(|p| p.id)
        .collect();
    call(conn, now, committee, &fresh, request_id).await?;
    if is_confirming(committee.starts_at, now) {
        // Requests that waited for an elected official may leave now.
        arm::ask_again(conn, now, committee, request_id).await?;
    }
    Ok(())
}

/// Invites some people to the present start, and leaves their letters.
pub(in super::super) async fn call(
    conn: &mut Conn,
    now: DateTime<Utc>,
    committee: &Committee,
    ids: &[i64],
    request_id: &str,
) -> Result<()> {
    store::invite(conn, ids, committee.starts_at, now).await?;
    let jobs: Vec<NewJob> = ids
        .iter()
        .map(|id| letter_job(*id, Letters::Invitation, committee.sequence).request(request_id))
        .collect();
    job::enqueue_many(conn, now, jobs).await?;
    Ok(())
}
