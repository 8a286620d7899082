//! What a resolver may take from its context.

use async_graphql::Context;

use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::Error;
use crate::foundation::policy::{Action, Scope};

/// The application. Present in every schema that [`super::root::build`] made.
pub fn app<'c>(ctx: &Context<'c>) -> &'c App {
    ctx.data_unchecked::<App>()
}

/// The caller of this operation; the door puts one in every request.
pub fn caller<'c>(ctx: &Context<'c>) -> &'c Caller {
    ctx.data_unchecked::<Caller>()
}

/// What the caller reaches with an action: asked first, before anything about the arguments, and handed on to whatever
/// reads. That refuses a scope of another action ([`Scope::of`]), so that it proves the right that is needed.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`.
pub fn scope(ctx: &Context<'_>, action: Action) -> async_graphql::Result<Scope> {
    caller(ctx).actor.scope(action).map_err(|error| answer(ctx, error))
}

/// Answers an error of a use case at the top level of this operation.
pub fn answer(ctx: &Context<'_>, error: Error) -> async_graphql::Error {
    error.into_graphql(&caller(ctx).request_id)
}
