//! Telling, publishing, rejecting.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::input::{TestimonyPublishInput, TestimonyRejectInput, TestimonySubmitInput};
use super::object::Testimony;
use crate::foundation::error::{Error, Result as Outcome};
use crate::foundation::id;
use crate::foundation::payload::{UserError, settle};
use crate::graphql::context::{answer, app, caller};
use crate::listen::testimony::{model, service};

/// Answer of every testimony mutation.
#[derive(SimpleObject)]
pub struct TestimonyPayload {
    /// The testimony as it is now; null when something must be mended first.
    testimony: Option<Testimony>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

fn payload(ctx: &Context<'_>, outcome: Outcome<model::Testimony>) -> Result<TestimonyPayload> {
    let (row, user_errors) = settle(outcome, &caller(ctx).request_id)?;
    Ok(TestimonyPayload { testimony: row.map(Into::into), user_errors })
}

fn row_of(ctx: &Context<'_>, id: &ID) -> Result<i64> {
    id::number_of("Testimony", id).ok_or_else(|| answer(ctx, Error::NotFound))
}

/// Testimony mutations.
#[derive(Default)]
pub struct TestimonyMutation;

#[Object]
impl TestimonyMutation {
    /// Tells an experience. It is read by a moderator before everybody can read it.
    async fn testimony_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The testimony.")] input: TestimonySubmitInput,
    ) -> Result<TestimonyPayload> {
        payload(ctx, service::submit(app(ctx), caller(ctx), input.into()).await)
    }

    /// Makes a testimony public. For moderators.
    async fn testimony_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TestimonyPublishInput,
    ) -> Result<TestimonyPayload> {
        let row = row_of(ctx, &input.id)?;
        payload(ctx, service::publish(app(ctx), caller(ctx), row).await)
    }

    /// Refuses a testimony, with the reason. For moderators.
    async fn testimony_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: TestimonyRejectInput,
    ) -> Result<TestimonyPayload> {
        let row = row_of(ctx, &input.id)?;
        payload(ctx, service::reject(app(ctx), caller(ctx), row, &input.reason).await)
    }
}
