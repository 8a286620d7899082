//! The trail in the API.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, Description, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::model::{self, AuditFilter};
use super::service;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::policy::Action;
use crate::graphql::context::{answer, app, scope};
use crate::reference::structure::graphql::{Structure, load, named};

/// A change: who, what, on what, when, in which request. It names nobody: references lead to the data, as far as
/// you may read them.
#[derive(Clone, Description)]
pub struct AuditEntry(model::AuditEntry);

#[Object(use_type_description)]
impl AuditEntry {
    /// Place in the chain, from 1, without a gap.
    async fn position(&self) -> i64 {
        self.0.position.unwrap_or_default()
    }
    /// When, UTC.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
    /// Who, as a reference: `account:12`, `account:12 token:5` for a program of theirs, `public`, `console`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }
    /// What: `committee.close`.
    async fn action(&self) -> &str {
        &self.0.action
    }
    /// On what, as a reference: `committee:5`. An import of structures tells how many, as `structures:12`; each one that
    /// moved, that closed or opened again, or that has another SIRET has an entry of its own.
    async fn subject(&self) -> &str {
        &self.0.subject
    }
    /// Where; null for what belongs to no structure.
    async fn structure(&self, ctx: &Context<'_>) -> Result<Option<Structure>> {
        match self.0.structure_id {
            None => Ok(None),
            Some(id) => load(ctx, id).await.map(Some),
        }
    }
    /// In which request, as the answer's `x-request-id` and the logs tell.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
    /// Hash of the entry and of the one before, in hexadecimal: what makes an edit or a gap show.
    async fn hash(&self) -> String {
        hex::encode(self.0.hash.as_deref().unwrap_or_default())
    }
}

/// Narrows the trail. Conditions add up.
#[derive(InputObject, Default)]
pub struct AuditFilterInput {
    /// Code or global id of a structure; with all below it.
    structure: Option<ID>,
    /// Who, as a reference: `account:12`, which leaves out what their tokens did; `account:12 token:5` for one.
    actor: Option<String>,
    /// What: `committee.close`.
    action: Option<String>,
    /// On what, as a reference: `committee:5`.
    subject: Option<String>,
    /// At or after this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    from: Option<DateTime<Utc>>,
    /// Before this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    to: Option<DateTime<Utc>>,
}

/// Queries on the trail.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Changes, latest first: all of them for the national team, those of their subtree for heads of a network.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<AuditFilterInput>,
    ) -> Result<Connection<String, AuditEntry>> {
        let scope = scope(ctx, Action::ReadAuditTrail)?;
        let page = Page::new("AUDIT", first, after, last, before).map_err(|e| answer(ctx, e))?;
        let given = filter.unwrap_or_default();
        let filter = AuditFilter {
            below: named(ctx, given.structure).await?,
            actor: given.actor,
            action: given.action,
            subject: given.subject,
            from: given.from,
            to: given.to,
        };
        let slice =
            service::list(app(ctx), &scope, &filter, &page).await.map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            EmptyFields,
            |row| Cursor::new("AUDIT", "", row.position.unwrap_or_default()),
            AuditEntry,
        ))
    }
}
