//! The letters of a committee: written when they leave, so that they tell what is true then.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::model::{
    Committee, CommitteeMode, CommitteeStatus, Letters, Participant, ParticipantResponse,
    ParticipantRole,
};
use super::rules::{
    ConfirmationStage, Finding, Headcount, asks_now, consent_wording, findings, is_confirming,
    letter_key, stage_key,
};
use super::service::Answer;
use super::store::{self, NewLink};
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, french_day, time_in_paris};
use crate::foundation::chance::new_secret;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::secret::Secret;
use crate::operate::email::{Invite, Letter, MailKind};
use crate::reference::account;
use crate::reference::structure;
use crate::reference::structure::model::Structure;

/// The letter to a person of a committee, or `None` when there is nothing to say any more: the event moved
/// again, was cancelled, or has begun; the person answered meanwhile.
///
/// # Errors
/// Internal only.
pub async fn prepare(
    app: &App,
    participant: i64,
    letter: Letters,
    sequence: i32,
) -> Result<Option<Letter>> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let Some(person) = store::person(&mut conn, participant).await? else { return Ok(None) };
    let Some(committee) = store::find(&mut conn, person.committee_id).await? else {
        return Ok(None);
    };
    if !still_true(app, &committee, &person, letter, sequence, now) {
        return Ok(None);
    }
    let Some(structure) = structure::service::find(&mut conn, committee.structure_id).await? else {
        return Ok(None);
    };
    let links = match letter {
        Letters::Cancelled => None,
        _ => Some(links(&mut conn, app, &committee, &person, now).await?),
    };
    Ok(Some(Letter {
        kind: kind(letter),
        subject: format!("committee:{}", committee.id),
        stage: letter_key(letter, committee.starts_at, sequence),
        recipient: format!("committee-participant:{}", person.id),
        to_name: person.name.clone(),
        to_address: person.email.clone(),
        mentions: vec![],
        template: template(letter),
        values: values(&committee, &structure, &person, links, now),
        invite: Some(event(&committee, &structure, letter)),
        attachment: None,
    }))
}

/// Whether a letter still tells something true that the person should hear.
fn still_true(
    app: &App,
    committee: &Committee,
    person: &Participant,
    letter: Letters,
    sequence: i32,
    now: DateTime<Utc>,
) -> bool {
    let second = app.settings.second_confirmation;
    let gone =
        matches!(person.response, ParticipantResponse::Declined | ParticipantResponse::Reserve);
    let to_come = committee.status == CommitteeStatus::Planned && now < committee.starts_at;
    match letter {
        // A newer version of the event has a letter of its own.
        Letters::Invitation | Letters::Moved | Letters::Changed => {
            to_come
                && !gone
                && committee.sequence == sequence
                && person.invited_for == Some(committee.starts_at)
        }
        Letters::Cancelled => {
            committee.status == CommitteeStatus::Cancelled
                && person.invited_at.is_some()
                && person.response != ParticipantResponse::Declined
        }
        Letters::First => asks_now(ConfirmationStage::First, &person.seat(committee), now, second),
        Letters::Second => {
            asks_now(ConfirmationStage::Second, &person.seat(committee), now, second)
        }
    }
}

const fn kind(letter: Letters) -> MailKind {
    match letter {
        Letters::Invitation | Letters::Moved | Letters::Changed => MailKind::CommitteeInvitation,
        Letters::Cancelled => MailKind::CommitteeCancellation,
        Letters::First | Letters::Second => MailKind::CommitteeConfirmation,
    }
}

const fn template(letter: Letters) -> &'static str {
    match letter {
        Letters::Invitation => "committee_invitation",
        Letters::Moved | Letters::Changed => "committee_change",
        Letters::Cancelled => "committee_cancellation",
        Letters::First | Letters::Second => "committee_confirmation",
    }
}

/// Two new one-time links, of which only the hashes stay.
async fn links(
    conn: &mut Conn,
    app: &App,
    committee: &Committee,
    person: &Participant,
    now: DateTime<Utc>,
) -> Result<(String, String)> {
    let (yes, no) = (new_secret()?, new_secret()?);
    let row = |secret: &Secret, answer: Answer| NewLink {
        token_hash: secret.digest(),
        participant_id: person.id,
        answer: answer.as_str(),
        starts_at: committee.starts_at,
        created_at: now,
    };
    store::keep(conn, &[row(&yes, Answer::Yes), row(&no, Answer::No)]).await?;
    let url = &app.settings.public_url;
    let link = |secret: &Secret| format!("{url}/invitations/{}", secret.expose());
    Ok((link(&yes), link(&no)))
}

fn values(
    committee: &Committee,
    structure: &Structure,
    person: &Participant,
    links: Option<(String, String)>,
    now: DateTime<Utc>,
) -> Value {
    let consent = (person.role == ParticipantRole::User)
        .then(|| consent_wording(committee.kind.label(), &structure.name));
    let (yes, no) = links.unzip();
    json!({
        "name": person.name,
        "kind": committee.kind.label(),
        "title": committee.title,
        "theme": committee.theme,
        "aims": committee.aims,
        "agenda": committee.agenda,
        "agenda_lines": committee.agenda.lines().collect::<Vec<_>>(),
        "structure": structure.name,
        "structure_email": structure.email,
        "day": french_day(day_in_paris(committee.starts_at)),
        "from": time_in_paris(committee.starts_at),
        "to": time_in_paris(committee.ends_at()),
        "place": committee.place.as_deref().filter(|_| committee.mode != CommitteeMode::Remote),
        "link": committee.link.as_deref().filter(|_| committee.mode != CommitteeMode::OnSite),
        "consent": consent,
        "accepted": person.response == ParticipantResponse::Accepted,
        "confirming": is_confirming(committee.starts_at, now),
        "reason": committee.cancellation_reason,
        "yes": yes,
        "no": no,
    })
}

/// The event as calendars keep it.
fn event(committee: &Committee, structure: &Structure, letter: Letters) -> Invite {
    Invite {
        uid: format!("committee-{}", committee.id),
        sequence: committee.sequence,
        cancelled: letter == Letters::Cancelled,
        starts_at: committee.starts_at,
        ends_at: committee.ends_at(),
        changed_at: committee.updated_at,
        title: committee.title.clone(),
        description: committee.agenda.clone(),
        place: committee.place.clone().filter(|_| committee.mode != CommitteeMode::Remote),
        url: committee.link.clone().filter(|_| committee.mode != CommitteeMode::OnSite),
        organiser: structure.name.clone(),
    }
}

/// The summary for the organiser: who comes, who does not, who is silent, what is missing, whom to call.
/// `None` when the event moved, was cancelled, or has begun.
///
/// # Errors
/// Internal only.
pub async fn summary(
    app: &App,
    committee_id: i64,
    starts_at: DateTime<Utc>,
    stage: &str,
) -> Result<Option<Letter>> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let Some(committee) = store::find(&mut conn, committee_id).await? else { return Ok(None) };
    let to_come = committee.status == CommitteeStatus::Planned && now < committee.starts_at;
    if !to_come || committee.starts_at != starts_at {
        return Ok(None);
    }
    let organiser = account::service::recipient(&mut conn, committee.organiser_id).await?;
    let Some(organiser) = organiser else { return Ok(None) };
    let people = store::people(&mut conn, &[committee.id]).await?;
    let named = |response: &[ParticipantResponse]| -> Vec<Value> {
        people
            .iter()
            .filter(|p| response.contains(&p.response))
            .map(|p| json!({ "name": p.name, "role": p.role.label() }))
            .collect()
    };
    let found = findings(committee.kind, Headcount::expected(&people));
    let missing: Vec<String> = found.iter().map(Finding::message).collect();
    use ParticipantResponse as R;
    Ok(Some(Letter {
        kind: MailKind::CommitteeSummary,
        subject: format!("committee:{}", committee.id),
        stage: stage_key(stage, committee.starts_at),
        recipient: format!("account:{}", organiser.account_id),
        to_name: organiser.display_name.clone(),
        to_address: organiser.email,
        mentions: vec![],
        template: "committee_summary",
        values: json!({
            "name": organiser.display_name,
            "title": committee.title,
            "kind": committee.kind.label(),
            "day": french_day(day_in_paris(committee.starts_at)),
            "from": time_in_paris(committee.starts_at),
            "blocked": stage == "BLOCKED",
            "confirmed": named(&[R::Confirmed]),
            "accepted": named(&[R::Accepted]),
            "declined": named(&[R::Declined]),
            "silent": named(&[R::Pending]),
            "reserve": named(&[R::Reserve]),
            "missing": missing,
        }),
        invite: None,
        attachment: None,
    }))
}
