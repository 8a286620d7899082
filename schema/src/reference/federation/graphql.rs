//! Coming in through a provider, in the API.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::service;
use crate::foundation::payload::{UserError, settle};
use crate::foundation::secret::Secret;
use crate::graphql::context::{answer, app, caller};
use crate::reference::account;
use crate::reference::account::graphql::Viewer;

/// What a front end brings from the log-in through a provider.
#[derive(InputObject)]
pub struct SessionExchangeInput {
    /// The `code` in the address that the browser came back with. Good once, for a minute.
    #[graphql(secret)]
    code: String,
}

/// Answer of `sessionExchange`.
#[derive(SimpleObject)]
pub struct SessionExchangePayload {
    /// Bearer token for the header `Authorization: Bearer …`. Shown once: we keep only its hash.
    token: Option<String>,
    /// When the token stops being accepted, UTC.
    expires_at: Option<DateTime<Utc>>,
    /// The account that is now logged in.
    viewer: Option<Viewer>,
    /// Why no session was opened.
    user_errors: Vec<UserError>,
}

/// Mutations of log-ins through a provider.
#[derive(Default)]
pub struct FederationMutation;

#[Object]
impl FederationMutation {
    /// Ends a log-in through the identity provider (ProConnect), which begins at `/connexion`: gives the bearer token
    /// for the code that came with the browser. Tokens themselves never travel in an address.
    async fn session_exchange(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: SessionExchangeInput,
    ) -> Result<SessionExchangePayload> {
        let outcome = service::exchange(app(ctx), caller(ctx), &Secret::new(input.code)).await;
        let (opened, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        let Some(opened) = opened else {
            return Ok(SessionExchangePayload {
                token: None,
                expires_at: None,
                viewer: None,
                user_errors,
            });
        };
        let profile = account::service::profile(app(ctx), opened.account.id)
            .await
            .map_err(|e| answer(ctx, e))?;
        Ok(SessionExchangePayload {
            token: Some(opened.token.reveal()),
            expires_at: Some(opened.expires_at),
            viewer: profile.map(Into::into),
            user_errors,
        })
    }
}
