//! Keeping minutes.

use async_graphql::{Context, Object, Result};

use super::input::{CommitteeCloseInput, CommitteeRecordInput};
use crate::foundation::id;
use crate::graphql::context::{app, caller};
use crate::prioritise::committee::graphql::{CommitteePayload, payload};
use crate::prioritise::minutes::service;

/// Mutations of minutes.
#[derive(Default)]
pub struct MinutesMutation;

#[Object]
impl MinutesMutation {
    /// Writes down what was said at a committee, who came and what was chosen, as often as wanted until it is
    /// closed. No name of the list or of the organiser, no address and no telephone number may stand in it.
    async fn committee_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which committee, and what to write down.")] input: CommitteeRecordInput,
    ) -> Result<CommitteePayload> {
        payload(ctx, service::record(app(ctx), caller(ctx), input.into()).await)
    }

    /// Closes a committee that was held. Its synthesis is drawn, sent to those who came and to the agents of
    /// the site, and its summary is public from then on; its minutes change no more.
    async fn committee_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which committee.")] input: CommitteeCloseInput,
    ) -> Result<CommitteePayload> {
        let row = id::number_of("Committee", &input.id).unwrap_or_default();
        let reason = input.override_reason.as_deref();
        payload(ctx, service::close(app(ctx), caller(ctx), row, reason).await)
    }
}
