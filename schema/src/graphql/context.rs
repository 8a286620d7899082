//! What a resolver may take from its context.

use async_graphql::Context;

use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::Error;

/// The application. Present in every schema that [`super::root::build`] made.
pub fn app<'c>(ctx: &Context<'c>) -> &'c App {
    ctx.data_unchecked::<App>()
}

/// The caller of this operation; the door puts one in every request.
pub fn caller<'c>(ctx: &Context<'c>) -> &'c Caller {
    ctx.data_unchecked::<Caller>()
}

/// Answers an error of a use case at the top level of this operation.
pub fn answer(ctx: &Context<'_>, error: Error) -> async_graphql::Error {
    error.into_graphql(&caller(ctx).request_id)
}
