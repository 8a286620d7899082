//! The people who come on a list are checked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::super::Error;
use super::{Person, PersonSource, Warning, WarningCode};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, french_day};
use crate::foundation::database::Conn;
use crate::foundation::error::{Error as Outcome, Refusal, Refuse, Result};
use crate::foundation::policy::{Action, Scope};
use crate::foundation::text::{email, required};
use crate::prioritise::committee::model::{
    Committee, CommitteeCandidate, CommitteeKind, ElectedOfficial, NewParticipant, Participant,
    ParticipantResponse, ParticipantRole,
};
use crate::prioritise::committee::rules::TITLE_LENGTH;
use crate::prioritise::committee::store;

/// Checks the people and makes their rows, or tells every fault.
pub(super) async fn check(
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
