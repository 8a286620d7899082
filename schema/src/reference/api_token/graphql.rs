//! API tokens in the API, for those who keep them.

use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::model::{self, ApiTokenAccess, ApiTokenFilter, ApiTokenState, Creation, Issued};
use super::{rules, service};
use crate::foundation::day::Day;
use crate::foundation::error::Result as Outcome;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::payload::{UserError, settle};
use crate::foundation::policy::{Action, Scope};
use crate::graphql::context::{answer, app, caller, scope};
use crate::graphql::loaders::AccountNameLoader;
use crate::reference::structure::graphql::{Structure, load, named, shared};

/// The one order of the list: newest first.
const ORDER: &str = "API_TOKEN_ID";

/// The key of a program. It acts with the rights of its owner, as they are when it is used, on one structure and all
/// below it. It can make no tokens, read and change no account, and operate nothing.
#[derive(Clone, Description)]
pub struct ApiToken(model::ApiToken);

impl From<model::ApiToken> for ApiToken {
    fn from(row: model::ApiToken) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl ApiToken {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("ApiToken", self.0.id)
    }
    /// What it is for, in its owner's words.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Its first twelve characters, to tell it from others: the rest is not kept.
    async fn prefix(&self) -> String {
        rules::shown(&self.0.prefix)
    }
    /// Whether it only reads.
    async fn access(&self) -> ApiTokenAccess {
        self.0.access
    }
    /// The root of the subtree where it holds.
    async fn structure(&self, ctx: &Context<'_>) -> Result<Structure> {
        load(ctx, self.0.structure_id).await
    }
    /// With whose rights it acts.
    async fn owner(&self) -> ApiTokenOwner {
        ApiTokenOwner(self.0.account_id)
    }
    /// Where it stands.
    async fn state(&self, ctx: &Context<'_>) -> ApiTokenState {
        rules::state(&self.0, app(ctx).clock.now())
    }
    /// When it was made (UTC).
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
    /// When it stops being accepted (UTC): the end of a day in Europe/Paris, or a week after it was renewed.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
    /// When it was last used (UTC), to the minute; null when it never was.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
    /// When somebody ended it (UTC); null when nobody did.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }
}

/// The account with whose rights a token acts.
#[derive(Description)]
pub struct ApiTokenOwner(i64);

#[Object(use_type_description)]
impl ApiTokenOwner {
    /// The account as a reference, as in `auditTrail`: `account:12`.
    async fn reference(&self) -> String {
        format!("account:{}", self.0)
    }
    /// Name shown to colleagues.
    async fn display_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let loader = ctx.data_unchecked::<DataLoader<AccountNameLoader>>();
        Box::pin(loader.load_one(self.0)).await.map_err(|e| shared(ctx, &e))
    }
}

/// Narrows a list of API tokens. Conditions add up.
#[derive(InputObject, Default)]
pub struct ApiTokenFilterInput {
    /// Code or global id of a structure; with all below it.
    structure: Option<ID>,
    /// True: those that are active; false: those that expired or were revoked.
    active: Option<bool>,
}

/// What a page of API tokens knows beside its edges.
pub struct ApiTokenTotal {
    scope: Scope,
    filter: ApiTokenFilter,
}

#[Object]
impl ApiTokenTotal {
    /// How many tokens the filter keeps in all; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), &self.scope, &self.filter).await.map_err(|e| answer(ctx, e))
    }
}

/// API token queries.
#[derive(Default)]
pub struct ApiTokenQuery;

#[Object]
impl ApiTokenQuery {
    /// API tokens in pages, newest first: those of the structures that the caller manages. Not for tokens.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn api_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<ApiTokenFilterInput>,
    ) -> Result<Connection<String, ApiToken, ApiTokenTotal>> {
        let scope = scope(ctx, Action::ManageApiTokens)?;
        let page = Page::new(ORDER, first, after, last, before).map_err(|e| answer(ctx, e))?;
        let given = filter.unwrap_or_default();
        let filter =
            ApiTokenFilter { below: named(ctx, given.structure).await?, active: given.active };
        let slice =
            service::page(app(ctx), &scope, &filter, &page).await.map_err(|e| answer(ctx, e))?;
        let cursor = |row: &model::ApiToken| Cursor::new(ORDER, row.id, row.id);
        Ok(slice.into_connection(ApiTokenTotal { scope, filter }, cursor, ApiToken::from))
    }
}

/// What a new API token may do, where and how long.
#[derive(InputObject)]
pub struct ApiTokenCreateInput {
    /// What it is for, at most 100 characters. Name the program, not a person.
    name: String,
    /// Code or global id of a structure that the caller manages: the token holds there and on all below it.
    structure: ID,
    /// Whether it only reads.
    access: ApiTokenAccess,
    /// Its last day in Europe/Paris: from today to 366 days from now; 365 days from now when absent.
    expires_on: Option<Day>,
}

/// Which API token to renew.
#[derive(InputObject)]
pub struct ApiTokenRenewInput {
    /// Global id of the token.
    id: ID,
    /// The last day of the new one, as in `apiTokenCreate`.
    expires_on: Option<Day>,
}

/// Which API token to revoke.
#[derive(InputObject)]
pub struct ApiTokenRevokeInput {
    /// Global id of the token.
    id: ID,
}

/// Answer of `apiTokenCreate` and `apiTokenRenew`.
#[derive(SimpleObject)]
pub struct ApiTokenSecretPayload {
    /// The token for the header `Authorization: Bearer …`. Shown once: we keep only its hash.
    token: Option<String>,
    /// What is kept of it; null when something must be mended first.
    api_token: Option<ApiToken>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

/// Answer of `apiTokenRevoke`.
#[derive(SimpleObject)]
pub struct ApiTokenPayload {
    /// The token as it is now; null when something must be mended first.
    api_token: Option<ApiToken>,
    /// What to mend; nothing was changed then.
    user_errors: Vec<UserError>,
}

fn secret(ctx: &Context<'_>, outcome: Outcome<Issued>) -> Result<ApiTokenSecretPayload> {
    let (issued, user_errors) = settle(outcome, &caller(ctx).request_id)?;
    let (token, api_token) =
        issued.map(|issued| (issued.token.reveal(), ApiToken::from(issued.row))).unzip();
    Ok(ApiTokenSecretPayload { token, api_token, user_errors })
}

/// The row of a global id; what is not one of ours leads to no row, and is answered as unknown.
fn row_of(id: &ID) -> i64 {
    id::number_of("ApiToken", id).unwrap_or_default()
}

/// API token mutations.
#[derive(Default)]
pub struct ApiTokenMutation;

#[Object]
impl ApiTokenMutation {
    /// Makes a token for a program. It belongs to the caller, and stops when the caller does not manage the structure
    /// any more.
    async fn api_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it may do, where and how long.")] input: ApiTokenCreateInput,
    ) -> Result<ApiTokenSecretPayload> {
        let creation = Creation {
            name: input.name,
            structure: input.structure.0,
            access: input.access,
            expires_on: input.expires_on.map(|day| day.0),
        };
        secret(ctx, service::create(app(ctx), caller(ctx), creation).await)
    }

    /// Makes a new token with the name, structure and access of another. It belongs to the caller. The old one goes on
    /// for seven days, or to its own end if that is sooner. Each is renewed once, unless that renewal was revoked.
    async fn api_token_renew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and until when.")] input: ApiTokenRenewInput,
    ) -> Result<ApiTokenSecretPayload> {
        let expires_on = input.expires_on.map(|day| day.0);
        let row = row_of(&input.id);
        secret(ctx, service::renew(app(ctx), caller(ctx), row, expires_on).await)
    }

    /// Ends a token at once, wherever it is used.
    async fn api_token_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ApiTokenRevokeInput,
    ) -> Result<ApiTokenPayload> {
        let outcome = service::revoke(app(ctx), caller(ctx), row_of(&input.id)).await;
        let (row, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        Ok(ApiTokenPayload { api_token: row.map(Into::into), user_errors })
    }
}
