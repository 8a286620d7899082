//! An invited person answers, by the one-time link of an e-mail.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::invite::call;
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::policy::Action;
use crate::foundation::secret::Secret;
use crate::operate::throttle;
use crate::prioritise::committee::model::{
    Committee, CommitteeStatus, Participant, ParticipantResponse, ParticipantRole,
};
use crate::prioritise::committee::rules::{consent_wording, is_confirming};
use crate::reference::structure;

crate::text_enum! {
    /// What somebody answers to an invitation.
    #[graphql(name = "CommitteeAnswer")]
    Answer {
        /// Comes.
        Yes = "YES",
        /// Does not come.
        No = "NO",
    }
}

crate::text_enum! {
    /// What a one-time link leads to.
    #[graphql(name = "CommitteeLinkState")]
    Door {
        /// The question, still open.
        Open = "OPEN",
        /// An answer was given by this link.
        Used = "USED",
        /// The event has another start since: a newer e-mail has the right links.
        Moved = "MOVED",
        /// The event will not be held.
        Cancelled = "CANCELLED",
        /// The event has begun or is over.
        Passed = "PASSED",
    }
}

/// What is behind a link: enough for a page, and nothing about anybody else.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What the link leads to.
    pub door: Door,
    /// What the link says; its page asks which of both is meant.
    pub answer: Answer,
    /// The event.
    pub committee: Committee,
    /// Name of the structure that holds it.
    pub structure: String,
    /// The person's own entry.
    pub participant: Participant,
}

/// Words of consent that a user reads before saying yes; none for those who work there or are elected.
pub fn wording(reply: &Reply) -> Option<String> {
    (reply.participant.role == ParticipantRole::User)
        .then(|| consent_wording(reply.committee.kind.label(), &reply.structure))
}

/// Looks behind a link without using it: programs open links too.
///
/// # Errors
/// Internal only; `None` for a link that is none of ours.
pub async fn look(app: &App, token: &Secret) -> Result<Option<Reply>> {
    let mut conn = app.pool.get().await?;
    Ok(find(&mut conn, app.clock.now(), token).await?.map(|(reply, _)| reply))
}

async fn find(
    conn: &mut Conn,
    now: DateTime<Utc>,
    token: &Secret,
) -> Result<Option<(Reply, Vec<u8>)>> {
    let hash = token.digest();
    let Some(link) = store::follow(conn, &hash).await? else { return Ok(None) };
    let Some(participant) = store::person(conn, link.participant_id).await? else {
        return Ok(None);
    };
    let found = store::find(conn, participant.committee_id).await?;
    let Some(committee) = found else { return Ok(None) };
    let structure = structure::service::find(conn, committee.structure_id).await?;
    let door = if committee.status == CommitteeStatus::Cancelled {
        Door::Cancelled
    } else if committee.starts_at != link.starts_at {
        Door::Moved
    } else if committee.starts_at <= now || committee.status == CommitteeStatus::Closed {
        Door::Passed
    } else if link.used_at.is_some() {
        Door::Used
    } else {
        Door::Open
    };
    let answer = link.answer.parse().unwrap_or(Answer::No);
    let structure = structure.map(|structure| structure.name).unwrap_or_default();
    Ok(Some((Reply { door, answer, committee, structure, participant }, hash)))
}

/// Writes an answer down, if the link is still open: the given one, else the link's own. A « yes » records
/// the consent with the words shown; a « no » offers the place to the next of the reserve.
///
/// # Errors
/// `TOO_MANY_ATTEMPTS` after many links that are none of ours; `None` for such a link.
pub async fn respond(
    app: &App,
    caller: &Caller,
    token: &Secret,
    answer: Option<Answer>,
) -> Result<Option<Reply>> {
    caller.actor.scope(Action::TakePart)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    throttle::tokens(&mut conn, app, caller).await?;
    if store::follow(&mut conn, &token.digest()).await?.is_none() {
        throttle::wrong_token(&mut conn, app, caller).await?;
        return Ok(None);
    }
    conn.transaction(async |conn| {
        let Some((seen, _)) = find(conn, now, token).await? else { return Ok(None) };
        // Locked, then read again: the second press of a button finds its link used.
        store::lock(conn, seen.committee.id).await?;
        let Some((reply, hash)) = find(conn, now, token).await? else { return Ok(None) };
        if reply.door != Door::Open {
            return Ok(Some(reply));
        }
        let reply = Reply { answer: answer.unwrap_or(reply.answer), ..reply };
        let committee = &reply.committee;
        let (response, consent) = match reply.answer {
            Answer::Yes if is_confirming(committee.starts_at, now) => {
                (ParticipantResponse::Confirmed, wording(&reply))
            }
            Answer::Yes => (ParticipantResponse::Accepted, wording(&reply)),
            Answer::No => (ParticipantResponse::Declined, None),
        };
        let id = reply.participant.id;
        let participant = store::respond(conn, id, response, consent.as_deref(), now).await?;
        match reply.answer {
            Answer::Yes => store::use_link(conn, &hash, now).await?,
            // Whoever declined has given the place away: no link brings it back.
            Answer::No => store::use_up(conn, id, now).await?,
        };
        let subject = format!("committee:{}", committee.id);
        let action = "committee.respond";
        audit::record(conn, now, caller, action, &subject, Some(committee.structure_id)).await?;
        if response == ParticipantResponse::Declined
            && reply.participant.response != ParticipantResponse::Declined
            && let Some(next) =
                store::first_of_reserve(conn, committee.id, participant.role).await?
        {
            call(conn, now, committee, &[next.id], &caller.request_id).await?;
        }
        Ok(Some(Reply { participant, ..reply }))
    })
    .await
}
