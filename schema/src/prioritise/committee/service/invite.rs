//! People are put on the list, and invited.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::arm::{self, Letters, letter_job};
use super::{Error, lock, record};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, french_day};
use crate::foundation::database::Conn;
use crate::foundation::error::{Error as Outcome, Refusal, Refuse, Result};
use crate::foundation::policy::{Action, Scope};
use crate::foundation::text::{email, required};
use crate::operate::job::{self, NewJob};
use crate::prioritise::committee::model::{
    Committee, CommitteeCandidate, CommitteeKind, ElectedOfficial, NewParticipant, Participant,
    ParticipantResponse, ParticipantRole,
};
use crate::prioritise::committee::rules::{
    FindingSeverity, Headcount, TEXT_LENGTH, TITLE_LENGTH, findings, is_confirming,
};
use crate::prioritise::committee::store;

/// Where somebody comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonSource {
    /// An elected official of the territory, by row number.
    Official(i64),
    /// A candidate of the pool, by row number.
    Candidate(i64),
    /// Somebody described here.
    Described {
        /// Name.
        name: String,
        /// Where the invitation goes.
        email: String,
    },
    /// Nothing that leads to one person.
    Unclear,
}

/// Somebody to put on the list.
#[derive(Debug, Clone)]
pub struct Person {
    /// What they do in the committee.
    pub role: ParticipantRole,
    /// Who they are.
    pub source: PersonSource,
    /// Whether they wait in reserve.
    pub reserve: bool,
    /// Whether an official is invited although another committee of the period does.
    pub knowingly: bool,
}

/// People to put on a list, and whether the invitations leave.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Row number of the committee.
    pub id: i64,
    /// Who comes on the list.
    pub people: Vec<Person>,
    /// Whether everybody on the list who was not invited yet is invited now.
    pub send: bool,
    /// Why a composition outside the rule goes on all the same.
    pub override_reason: Option<String>,
}

crate::text_enum! {
    /// What the organiser should know; nothing was refused for it.
    #[graphql(name = "CommitteeWarningCode")]
    WarningCode {
        /// More participants than recommended.
        AboveRecommended = "ABOVE_RECOMMENDED",
        /// No elected official yet: requests for confirmation will wait for one.
        NoElectedOfficial = "NO_ELECTED_OFFICIAL",
        /// Was invited for another theme, and those of one theme are normally not those of another.
        OtherTheme = "OTHER_THEME",
        /// Is solicited for another committee of the period too.
        AlreadySolicited = "ALREADY_SOLICITED",
    }
}

/// Something the organiser should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What it is.
    pub code: WarningCode,
    /// The sentence, in French.
    pub message: String,
}

/// Puts people on the list of a committee and, when asked to, invites everybody on it who was not invited
/// yet. The rule of composition is checked when invitations leave (DOMAIN C3).
///
/// # Errors
/// Refusals about people, prerequisites and composition; `NOT_FOUND` for another's committee.
pub async fn invite(
    app: &App,
    caller: &Caller,
    input: Invitation,
) -> Result<(Committee, Vec<Warning>)> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let mut committee = lock(conn, caller, input.id, now).await?;
        if let Some(reason) = input.override_reason.as_deref() {
            let reason = required(reason, TEXT_LENGTH, true, &["overrideReason"])?;
            committee = store::note(conn, committee.id, None, None, Some(&reason), now).await?;
        }
        let listed = store::people(conn, &[committee.id]).await?;
        let (rows, mut warnings) =
            check(conn, app, caller, &committee, &listed, &input.people).await?;
        let mut people = listed;
        people.extend(store::add(conn, &rows).await?);
        if input.send {
            warnings.extend(composed(&committee, &people)?);
            send(conn, now, &committee, &people, &caller.request_id).await?;
        }
        record(conn, now, caller, "committee.invite", &committee).await?;
        Ok((committee, warnings))
    })
    .await
}

/// Checks the people and makes their rows, or tells every fault.
async fn check(
    conn: &mut Conn,
    app: &App,
    caller: &Caller,
    committee: &Committee,
    listed: &[Participant],
    people: &[Person],
) -> Result<(Vec<NewParticipant>, Vec<Warning>)> {
    let now = app.clock.now();
    // Whoever invites reads names and addresses: only from the pools that are theirs.
    let scope = caller.actor.scope(Action::OrganiseCommittees)?;
    let officials = officials(conn, &scope, people).await?;
    let candidates = candidates(conn, &scope, people).await?;
    let solicited = solicited(conn, app, committee, &officials).await?;
    let mut taken: Vec<String> = listed.iter().map(|p| p.email.to_lowercase()).collect();
    let (mut rows, mut faults, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for (place, person) in people.iter().enumerate() {
        let described = described(place, person, &officials, &candidates);
        let (name, email) = match described {
            Ok(described) => described,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        if taken.contains(&email.to_lowercase()) {
            faults.push(Error::AlreadyOnList(place).refusal());
            continue;
        }
        taken.push(email.to_lowercase());
        let (official_id, candidate_id) = match person.source {
            PersonSource::Official(id) => (Some(id), None),
            PersonSource::Candidate(id) => (None, Some(id)),
            _ => (None, None),
        };
        if let Some(at) = official_id.and_then(|id| solicited.get(&id)) {
            if person.knowingly {
                let message = format!(
                    "{name} est aussi sollicité pour un comité le {}.",
                    french_day(day_in_paris(*at))
                );
                warnings.push(Warning { code: WarningCode::AlreadySolicited, message });
            } else {
                faults.push(Error::OfficialSolicited(place, *at).refusal());
            }
        }
        let reserve = if person.reserve {
            ParticipantResponse::Reserve
        } else {
            ParticipantResponse::Pending
        };
        rows.push(NewParticipant {
            committee_id: committee.id,
            role: person.role,
            name,
            email,
            official_id,
            candidate_id,
            response: reserve,
            created_at: now,
        });
    }
    if !faults.is_empty() {
        return Err(Outcome::Refused(faults));
    }
    // What the caller may not read is not told by a warning either.
    let scope = caller.actor.reached(Action::ReadCommittees);
    warnings.extend(other_themes(conn, &scope, committee, &rows).await?);
    Ok((rows, warnings))
}

fn described(
    place: usize,
    person: &Person,
    officials: &HashMap<i64, ElectedOfficial>,
    candidates: &HashMap<i64, CommitteeCandidate>,
) -> std::result::Result<(String, String), Refusal> {
    let elected = matches!(person.source, PersonSource::Official(_));
    if elected != (person.role == ParticipantRole::Elected)
        && person.source != PersonSource::Unclear
    {
        return Err(Error::NotElected(place).refusal());
    }
    let unknown = || Error::UnknownPerson(place).refusal();
    match &person.source {
        PersonSource::Official(id) => {
            officials.get(id).map(|o| (o.name.clone(), o.email.clone())).ok_or_else(unknown)
        }
        PersonSource::Candidate(id) => {
            candidates.get(id).map(|c| (c.name.clone(), c.email.clone())).ok_or_else(unknown)
        }
        PersonSource::Described { name, email: address } => {
            let at = place.to_string();
            let name = required(name, TITLE_LENGTH, false, &["people", &at, "name"])?;
            Ok((name, email(address, &["people", &at, "email"])?))
        }
        PersonSource::Unclear => Err(Error::PersonUnclear(place).refusal()),
    }
}

async fn officials(
    conn: &mut Conn,
    scope: &Scope,
    people: &[Person],
) -> Result<HashMap<i64, ElectedOfficial>> {
    let ids: Vec<i64> = people
        .iter()
        .filter_map(|p| if let PersonSource::Official(id) = p.source { Some(id) } else { None })
        .collect();
    let own = store::departments(conn, scope).await?;
    let rows = store::officials_by_ids(conn, &ids).await?;
    let near = |o: &ElectedOfficial| own.as_ref().is_none_or(|own| own.contains(&o.department));
    Ok(rows.into_iter().filter(|o| o.active && near(o)).map(|o| (o.id, o)).collect())
}

async fn candidates(
    conn: &mut Conn,
    scope: &Scope,
    people: &[Person],
) -> Result<HashMap<i64, CommitteeCandidate>> {
    let ids: Vec<i64> = people
        .iter()
        .filter_map(|p| if let PersonSource::Candidate(id) = p.source { Some(id) } else { None })
        .collect();
    let rows = store::candidates_within(conn, scope, &ids).await?;
    Ok(rows.into_iter().map(|c| (c.id, c)).collect())
}

/// When each official is solicited for another committee near this one (DOMAIN §17.6).
async fn solicited(
    conn: &mut Conn,
    app: &App,
    committee: &Committee,
    officials: &HashMap<i64, ElectedOfficial>,
) -> Result<HashMap<i64, DateTime<Utc>>> {
    let ids: Vec<i64> = officials.keys().copied().collect();
    let rest = app.settings.official_rest;
    let (from, to) = (committee.starts_at - rest, committee.starts_at + rest);
    Ok(store::solicited(conn, &ids, committee.id, from, to).await?.into_iter().collect())
}

/// Participants of one theme are normally not those of another (DOMAIN §18.6).
async fn other_themes(
    conn: &mut Conn,
    scope: &Scope,
    committee: &Committee,
    rows: &[NewParticipant],
) -> Result<Vec<Warning>> {
    if committee.kind != CommitteeKind::Listening {
        return Ok(vec![]);
    }
    let users: Vec<String> = rows
        .iter()
        .filter(|row| row.role == ParticipantRole::User)
        .map(|row| row.email.to_lowercase())
        .collect();
    let seen = store::other_themes(conn, scope, committee, &users).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let theme = seen.get(&row.email.to_lowercase())?;
            let message = format!(
                "{} a été invité(e) pour le thème « {theme} » : variez les participants d'un thème à l'autre.",
                row.name
            );
            Some(Warning { code: WarningCode::OtherTheme, message })
        })
        .collect())
}

/// Checks the prerequisites and the composition when invitations leave.
fn composed(committee: &Committee, people: &[Participant]) -> Result<Vec<Warning>> {
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
async fn send(
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
pub(super) async fn call(
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
