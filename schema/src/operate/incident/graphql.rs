//! Incidents in the API, for operators.

use async_graphql::connection::Connection;
use async_graphql::{Context, Description, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};

use super::model::{self, IncidentKind};
use super::{rules, service};
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::policy::{Action, Scope};
use crate::graphql::context::{answer, app, scope};

/// The one order of the list: newest first.
const ORDER: &str = "INCIDENT_ID";

/// Something out of order, until it is over.
#[derive(Clone, Description)]
pub struct Incident(model::Incident);

impl From<model::Incident> for Incident {
    fn from(row: model::Incident) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Incident {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Incident", self.0.id)
    }
    /// What is out of order.
    async fn kind(&self) -> IncidentKind {
        self.0.kind
    }
    /// The queue, the schedule or the kind of job; empty for e-mail as a whole.
    async fn subject(&self) -> &str {
        &self.0.subject
    }
    /// The worst that was seen: seconds of delay, or how many.
    async fn figure(&self) -> i64 {
        self.0.figure
    }
    /// The incident as a sentence, in French.
    async fn summary(&self) -> String {
        rules::sentence(self.0.kind, &self.0.subject, self.0.figure)
    }
    /// When it was first seen (UTC).
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }
    /// When it was last seen (UTC).
    async fn seen_at(&self) -> DateTime<Utc> {
        self.0.seen_at
    }
    /// When it was over (UTC): looked for and not seen for five minutes; null while it goes on.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }
}

/// Which incidents to list.
#[derive(Debug, Default, InputObject)]
pub struct IncidentFilter {
    /// True: those that go on; false: those that are over.
    pub open: Option<bool>,
}

/// What the list of incidents tells beside its page.
pub struct IncidentTotals {
    scope: Scope,
    open: Option<bool>,
}

#[Object]
impl IncidentTotals {
    /// How many incidents the filter finds, all pages together. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), &self.scope, self.open).await.map_err(|e| answer(ctx, e))
    }
}

/// Incident queries, for operators.
#[derive(Default)]
pub struct IncidentQuery;

#[Object]
impl IncidentQuery {
    /// What is or was out of order, newest first. For operators.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn incidents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 when nothing is said.")]
        first: Option<i32>,
        #[graphql(desc = "Start after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which incidents; all when nothing is said.")] filter: Option<
            IncidentFilter,
        >,
    ) -> Result<Connection<String, Incident, IncidentTotals>> {
        let scope = scope(ctx, Action::ReadOperations)?;
        let open = filter.unwrap_or_default().open;
        let read = async {
            let page = Page::new(ORDER, first, after, last, before)?;
            service::page(app(ctx), &scope, open, &page).await
        };
        let slice = read.await.map_err(|e| answer(ctx, e))?;
        let cursor = |row: &model::Incident| Cursor::new(ORDER, row.id, row.id);
        Ok(slice.into_connection(IncidentTotals { scope, open }, cursor, Incident::from))
    }
}
