//! Accounts and sessions in the API.

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::model::{Account, AccountRole};
use super::service;
use crate::foundation::id;
use crate::foundation::payload::{UserError, settle};
use crate::foundation::policy::{AlertChoice, Role};
use crate::foundation::secret::Secret;
use crate::graphql::context::{answer, app, caller};
use crate::reference::structure::graphql::{self, Structure};

/// The account that is logged in.
#[derive(Clone, Description)]
pub struct Viewer {
    account: Account,
    roles: Vec<AccountRole>,
}

impl From<(Account, Vec<AccountRole>)> for Viewer {
    fn from((account, roles): (Account, Vec<AccountRole>)) -> Self {
        Self { account, roles }
    }
}

#[Object(use_type_description)]
impl Viewer {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Account", self.account.id)
    }
    /// Address, which is also the login.
    async fn email(&self) -> &str {
        &self.account.email
    }
    /// Name shown to colleagues.
    async fn display_name(&self) -> &str {
        &self.account.display_name
    }
    /// Roles held, and where.
    async fn roles(&self) -> Vec<HeldRole> {
        self.roles.iter().cloned().map(HeldRole).collect()
    }
}

/// A role, and the subtree where it holds.
#[derive(Description)]
pub struct HeldRole(AccountRole);

#[Object(use_type_description)]
impl HeldRole {
    /// The role.
    async fn role(&self) -> Role {
        self.0.role
    }
    /// Root of the subtree where it holds; null for roles that hold everywhere.
    async fn structure(&self, ctx: &Context<'_>) -> Option<Result<Structure>> {
        Some(graphql::load(ctx, self.0.structure_id?).await)
    }
    /// Which alert e-mails it brings; only managers receive any.
    async fn alerts(&self) -> AlertChoice {
        self.0.alerts
    }
}

/// Account queries.
#[derive(Default)]
pub struct AccountQuery;

#[Object]
impl AccountQuery {
    /// The account that is logged in; null for the public and for API tokens.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<Viewer>> {
        let found = service::viewer(app(ctx), caller(ctx)).await.map_err(|e| answer(ctx, e));
        found.transpose().map(|own| own.map(Into::into))
    }
}

/// Address and password.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// Address of the account.
    email: String,
    /// Password.
    #[graphql(secret)]
    password: String,
}

/// Answer of `sessionCreate`.
#[derive(SimpleObject)]
pub struct SessionCreatePayload {
    /// Bearer token for the header `Authorization: Bearer …`. Shown once: we keep only its hash.
    token: Option<String>,
    /// When the token stops being accepted, UTC.
    expires_at: Option<DateTime<Utc>>,
    /// The account that is now logged in.
    viewer: Option<Viewer>,
    /// Why no session was opened.
    user_errors: Vec<UserError>,
}

/// Answer of `sessionDelete`.
#[derive(SimpleObject)]
pub struct SessionDeletePayload {
    /// True: the token is no longer accepted.
    deleted: bool,
    /// Where to send the browser so that the person is logged out at the identity provider (ProConnect) too; null
    /// for a session that was opened with a password.
    logout_url: Option<String>,
    /// Always empty: there is nothing to mend in an empty input.
    user_errors: Vec<UserError>,
}

/// Which alerts a manager wants.
#[derive(InputObject)]
pub struct AlertChooseInput {
    /// Code or global id of the structure that the caller manages.
    structure: ID,
    /// The alerts wanted.
    alerts: AlertChoice,
}

/// Answer of `alertChoose`.
#[derive(SimpleObject)]
pub struct AlertChoosePayload {
    /// The caller's roles as they are now.
    roles: Option<Vec<HeldRole>>,
    /// What to mend; nothing was changed then.
    user_errors: Vec<UserError>,
}

/// Account mutations.
#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Logs in: gives a bearer token that expires and can be revoked.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address and password.")] input: SessionCreateInput,
    ) -> Result<SessionCreatePayload> {
        let password = Secret::new(input.password);
        let outcome = service::log_in(app(ctx), caller(ctx), &input.email, &password).await;
        let (opened, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        let Some(opened) = opened else {
            return Ok(SessionCreatePayload {
                token: None,
                expires_at: None,
                viewer: None,
                user_errors,
            });
        };
        let profile =
            service::profile(app(ctx), opened.account.id).await.map_err(|e| answer(ctx, e))?;
        Ok(SessionCreatePayload {
            token: Some(opened.token.reveal()),
            expires_at: Some(opened.expires_at),
            viewer: profile.map(Into::into),
            user_errors,
        })
    }

    /// Logs out: the token that carries this request is no longer accepted.
    async fn session_delete(&self, ctx: &Context<'_>) -> Result<SessionDeletePayload> {
        let logout_url =
            service::log_out(app(ctx), caller(ctx)).await.map_err(|e| answer(ctx, e))?;
        Ok(SessionDeletePayload { deleted: true, logout_url, user_errors: vec![] })
    }

    /// Chooses which e-mails the caller's manager role on a structure brings. `NONE` stops the alerts about
    /// testimonies and the reminders about written requests.
    async fn alert_choose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Structure and choice.")] input: AlertChooseInput,
    ) -> Result<AlertChoosePayload> {
        let outcome =
            service::choose_alerts(app(ctx), caller(ctx), &input.structure, input.alerts).await;
        let (roles, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        let roles = roles.map(|roles| roles.into_iter().map(HeldRole).collect());
        Ok(AlertChoosePayload { roles, user_errors })
    }
}
