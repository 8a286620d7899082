//! Those who may be invited: elected officials of a territory, and candidates.

use diesel::result::Error as Refused;
use diesel_async::AsyncConnection;

use super::Error;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::error::{Error as Outcome, Refuse, Result};
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Scope};
use crate::foundation::text::{email, optional, required};
use crate::operate::throttle;
use crate::prioritise::committee::model::{
    CandidateSource, CommitteeCandidate, ElectedOfficial, OfficialEntry,
};
use crate::prioritise::committee::rules::{TEXT_LENGTH, TITLE_LENGTH, candidate_wording};
use crate::prioritise::committee::store;
use crate::reference::structure;

/// One page of the elected officials of the départements in a scope of [`Action::ReadCommittees`].
///
/// # Errors
/// [`Outcome::Forbidden`] for another scope.
pub async fn officials(app: &App, scope: &Scope, page: &Page) -> Result<Slice<ElectedOfficial>> {
    let scope = scope.of(Action::ReadCommittees)?;
    let mut conn = app.pool.get().await?;
    let departments = store::departments(&mut conn, scope).await?;
    Ok(store::officials(&mut conn, departments, page).await?)
}

/// Writes an elected official down, anew or changed. All structures of the département see them.
///
/// # Errors
/// Refusals about the fields; `NOT_FOUND` for an official out of reach.
pub async fn save_official(
    app: &App,
    caller: &Caller,
    id: Option<i64>,
    entry: OfficialEntry,
) -> Result<ElectedOfficial> {
    let scope = caller.actor.scope(Action::OrganiseCommittees)?;
    let mut faults = Vec::new();
    let mut text = |raw: &str, name: &str| {
        required(raw, TITLE_LENGTH, false, &[name]).unwrap_or_else(|fault| {
            faults.push(fault);
            String::new()
        })
    };
    let (name, mandate) = (text(&entry.name, "name"), text(&entry.mandate, "mandate"));
    let department = text(&entry.department, "department");
    let address = email(&entry.email, &["email"]).unwrap_or_else(|fault| {
        faults.push(fault);
        String::new()
    });
    let commune = optional(entry.commune.as_deref(), TITLE_LENGTH, false, &["commune"])?;
    if !faults.is_empty() {
        return Err(Outcome::Refused(faults));
    }
    let entry =
        OfficialEntry { name, mandate, email: address, department, commune, active: entry.active };
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let saved = conn
        .transaction(async |conn| {
            if let Some(own) = store::departments(conn, &scope).await? {
                if !own.contains(&entry.department) {
                    return Err(Error::ForeignDepartment.into());
                }
                if let Some(id) = id {
                    let before = store::officials_by_ids(conn, &[id]).await?.pop();
                    let within = before.is_some_and(|before| own.contains(&before.department));
                    if !within {
                        return Err(Outcome::NotFound);
                    }
                }
            }
            let official = match store::save_official(conn, id, &entry, now).await {
                Err(Refused::NotFound) => return Err(Outcome::NotFound),
                other => other?,
            };
            let subject = format!("elected-official:{}", official.id);
            audit::record(conn, now, caller, "elected_official.save", &subject, None).await?;
            Ok(official)
        })
        .await;
    match saved {
        Err(error) if error.is_duplicate() => Err(Error::OfficialKnown.into()),
        other => other,
    }
}

/// Somebody who would take part in a next committee.
#[derive(Debug, Clone)]
pub struct Application {
    /// Code or global id of the structure.
    pub structure: String,
    /// Name.
    pub name: String,
    /// Where an invitation would go.
    pub email: String,
    /// What they say of themselves.
    pub about: Option<String>,
    /// Whether they agree to be contacted for this.
    pub consent: bool,
}

/// Puts a candidate into the pool of a structure. From the public form; an agent who keeps committees there
/// proposes somebody the same way, with that person's consent.
///
/// # Errors
/// Refusals about the fields or the consent; for those who keep the pool, an address that has applied already.
/// Others hear the same whether it had or not, and read no row: whose address is known is nobody's business.
pub async fn apply(
    app: &App,
    caller: &Caller,
    input: Application,
) -> Result<Option<CommitteeCandidate>> {
    caller.actor.scope(Action::TakePart)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    throttle::submission(&mut conn, app, caller).await?;
    conn.transaction(async |conn| {
        let place = structure::service::resolve(conn, &input.structure).await?;
        let mut faults = Vec::new();
        let name = required(&input.name, TITLE_LENGTH, false, &["name"]);
        let address = email(&input.email, &["email"]);
        let about = optional(input.about.as_deref(), TEXT_LENGTH, true, &["about"]);
        if !input.consent {
            faults.push(Error::ConsentMissing.refusal());
        }
        let (name, address, about) = match (name, address, about) {
            (Ok(name), Ok(address), Ok(about)) if faults.is_empty() => (name, address, about),
            (name, address, about) => {
                faults.extend([name.err(), address.err(), about.err()].into_iter().flatten());
                return Err(Outcome::Refused(faults));
            }
        };
        let own = caller.actor.reached(Action::OrganiseCommittees).covers(&place.path);
        let source = if own { CandidateSource::Agent } else { CandidateSource::Form };
        let wording = candidate_wording(&place.name);
        let row = store::NewCandidate {
            structure_id: place.id,
            name: &name,
            email: &address,
            source,
            about: about.as_deref(),
            consent_wording: &wording,
            consented_at: now,
            created_at: now,
        };
        let Some(candidate) = store::add_candidate(conn, &row).await? else {
            return if own { Err(Error::AlreadyCandidate.into()) } else { Ok(None) };
        };
        let subject = format!("committee-candidate:{}", candidate.id);
        audit::record(conn, now, caller, "candidate.apply", &subject, Some(place.id)).await?;
        Ok(own.then_some(candidate))
    })
    .await
}

/// The words of consent that a candidate of a structure reads before applying.
///
/// # Errors
/// `NOT_FOUND` for an unknown structure.
pub async fn candidate_consent(app: &App, structure: &str) -> Result<String> {
    let mut conn = app.pool.get().await?;
    let place = structure::service::resolve(&mut conn, structure).await;
    Ok(candidate_wording(&place.map_err(|_| Outcome::NotFound)?.name))
}

/// One page of the candidates in a scope of [`Action::OrganiseCommittees`].
///
/// # Errors
/// [`Outcome::Forbidden`] for another scope.
pub async fn candidates(
    app: &App,
    scope: &Scope,
    below: Option<i64>,
    page: &Page,
) -> Result<Slice<CommitteeCandidate>> {
    let scope = scope.of(Action::OrganiseCommittees)?;
    let mut conn = app.pool.get().await?;
    Ok(store::candidates(&mut conn, scope, below, page).await?)
}

/// Those of these officials that the caller may see, in no order.
///
/// # Errors
/// [`Outcome::Unauthenticated`] or [`Outcome::Forbidden`].
pub async fn officials_by_ids(
    app: &App,
    caller: &Caller,
    ids: &[i64],
) -> Result<Vec<ElectedOfficial>> {
    let scope = caller.actor.scope(Action::ReadCommittees)?;
    let mut conn = app.pool.get().await?;
    let own = store::departments(&mut conn, &scope).await?;
    let mut rows = store::officials_by_ids(&mut conn, ids).await?;
    rows.retain(|row| own.as_ref().is_none_or(|own| own.contains(&row.department)));
    Ok(rows)
}

/// Those of these candidates that the caller may invite, in no order.
///
/// # Errors
/// As [`officials_by_ids`].
pub async fn candidates_by_ids(
    app: &App,
    caller: &Caller,
    ids: &[i64],
) -> Result<Vec<CommitteeCandidate>> {
    let scope = caller.actor.scope(Action::OrganiseCommittees)?;
    let mut conn = app.pool.get().await?;
    Ok(store::candidates_within(&mut conn, &scope, ids).await?)
}
