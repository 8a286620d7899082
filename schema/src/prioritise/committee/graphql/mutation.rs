//! Keeping committees.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::input::{
    CandidateApplyInput, CommitteeCancelInput, CommitteeCreateInput, CommitteeInviteInput,
    CommitteeMoveInput, CommitteeRespondInput, CommitteeUpdateInput, ElectedOfficialSaveInput,
};
use super::object::{Committee, CommitteeCandidate, ElectedOfficial};
use crate::foundation::error::{Error, Result as Outcome};
use crate::foundation::id;
use crate::foundation::payload::{UserError, settle};
use crate::foundation::secret::Secret;
use crate::graphql::context::{answer, app, caller};
use crate::prioritise::committee::model::{self, ParticipantResponse};
use crate::prioritise::committee::service::{self, Door, WarningCode};

/// Answer of the mutations about one committee.
#[derive(SimpleObject)]
pub struct CommitteePayload {
    /// The committee as it is now; null when something must be mended first.
    committee: Option<Committee>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

/// Something the organiser should know; nothing was refused for it.
#[derive(SimpleObject)]
pub struct CommitteeWarning {
    /// What it is.
    code: WarningCode,
    /// The sentence, in French.
    message: String,
}

/// Answer of `committeeInvite`.
#[derive(SimpleObject)]
pub struct CommitteeInvitePayload {
    /// The committee as it is now; null when something must be mended first.
    committee: Option<Committee>,
    /// What to know; the invitations leave all the same.
    warnings: Vec<CommitteeWarning>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

/// Answer of `committeeRespond`.
#[derive(SimpleObject)]
pub struct CommitteeRespondPayload {
    /// What the link led to: OPEN when the answer was taken now.
    state: Door,
    /// Where the person stands now.
    response: ParticipantResponse,
    /// Title of the committee.
    title: String,
    /// Its start, UTC.
    starts_at: DateTime<Utc>,
}

/// Answer of `electedOfficialSave`.
#[derive(SimpleObject)]
pub struct ElectedOfficialSavePayload {
    /// The official as written down; null when something must be mended first.
    elected_official: Option<ElectedOfficial>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

/// Answer of `candidateApply`.
#[derive(SimpleObject)]
pub struct CandidateApplyPayload {
    /// The candidate as written down, for those who keep the pool; null for the public, and when something must be
    /// mended first.
    candidate: Option<CommitteeCandidate>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

/// The answer of a mutation about one committee.
pub(in crate::prioritise) fn payload(
    ctx: &Context<'_>,
    outcome: Outcome<model::Committee>,
) -> Result<CommitteePayload> {
    let (row, user_errors) = settle(outcome, &caller(ctx).request_id)?;
    Ok(CommitteePayload { committee: row.map(Into::into), user_errors })
}

/// The row of a global id; what is not one of ours leads to no row, and is answered as unknown.
fn row_of(id: &async_graphql::ID) -> i64 {
    id::number_of("Committee", id).unwrap_or_default()
}

/// Mutations of « analyse et priorités ».
#[derive(Default)]
pub struct PrioritiseMutation;

#[Object]
impl PrioritiseMutation {
    /// Plans a committee. 72 hours before its start everybody invited is asked to confirm.
    async fn committee_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The committee.")] input: CommitteeCreateInput,
    ) -> Result<CommitteePayload> {
        payload(ctx, service::create(app(ctx), caller(ctx), input.into()).await)
    }

    /// Changes a committee, but not its start. Those invited hear of a new title, length, place or link.
    async fn committee_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: CommitteeUpdateInput,
    ) -> Result<CommitteePayload> {
        let row = row_of(&input.id);
        payload(ctx, service::update(app(ctx), caller(ctx), row, input.into()).await)
    }

    /// Moves a committee: everybody invited is invited to the new start, and earlier answers no longer count.
    async fn committee_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which committee, and to when.")] input: CommitteeMoveInput,
    ) -> Result<CommitteePayload> {
        let row = row_of(&input.id);
        payload(ctx, service::reschedule(app(ctx), caller(ctx), row, input.starts_at).await)
    }

    /// Cancels a committee and tells everybody who was invited.
    async fn committee_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which committee, and why.")] input: CommitteeCancelInput,
    ) -> Result<CommitteePayload> {
        let row = row_of(&input.id);
        payload(ctx, service::cancel(app(ctx), caller(ctx), row, &input.reason).await)
    }

    /// Puts people on the list and invites them by e-mail, with a calendar entry and two one-time links.
    async fn committee_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which committee, and whom.")] input: CommitteeInviteInput,
    ) -> Result<CommitteeInvitePayload> {
        let outcome = service::invite(app(ctx), caller(ctx), input.into()).await;
        let (done, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        let (committee, warnings) = done.unzip();
        let warnings = warnings.unwrap_or_default();
        Ok(CommitteeInvitePayload {
            committee: committee.map(Into::into),
            warnings: warnings
                .into_iter()
                .map(|warning| CommitteeWarning { code: warning.code, message: warning.message })
                .collect(),
            user_errors,
        })
    }

    /// Answers an invitation or a request for confirmation, by the link of an e-mail; no account is needed.
    /// A link answers once. An unknown link: `NOT_FOUND`.
    async fn committee_respond(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: CommitteeRespondInput,
    ) -> Result<CommitteeRespondPayload> {
        let token = Secret::new(input.token);
        let reply = service::respond(app(ctx), caller(ctx), &token, input.answer)
            .await
            .map_err(|e| answer(ctx, e))?
            .ok_or_else(|| answer(ctx, Error::NotFound))?;
        Ok(CommitteeRespondPayload {
            state: reply.door,
            response: reply.participant.response,
            title: reply.committee.title,
            starts_at: reply.committee.starts_at,
        })
    }

    /// Writes down an elected official, shared by the structures of the département.
    async fn elected_official_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The official.")] input: ElectedOfficialSaveInput,
    ) -> Result<ElectedOfficialSavePayload> {
        let row = input
            .id
            .as_ref()
            .map(|given| id::number_of("ElectedOfficial", given).unwrap_or_default());
        let outcome = service::save_official(app(ctx), caller(ctx), row, input.into()).await;
        let (row, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        Ok(ElectedOfficialSavePayload { elected_official: row.map(Into::into), user_errors })
    }

    /// Applies for a next committee of a structure; no account is needed. Agents propose users the same way.
    async fn candidate_apply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person, and the structure.")] input: CandidateApplyInput,
    ) -> Result<CandidateApplyPayload> {
        let outcome = service::apply(app(ctx), caller(ctx), input.into()).await;
        let (row, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        Ok(CandidateApplyPayload { candidate: row.flatten().map(Into::into), user_errors })
    }
}
