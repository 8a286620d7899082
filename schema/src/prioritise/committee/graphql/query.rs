//! Reading committees.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, ID, Object, Result};

use super::input::CommitteeFilterInput;
use super::object::{Committee, CommitteeCandidate, CommitteeTotal, ElectedOfficial};
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::policy::Action;
use crate::graphql::context::{answer, app, caller, scope};
use crate::prioritise::committee::model::CommitteeOrder;
use crate::prioritise::committee::service;
use crate::reference::structure::graphql::named;

/// Queries of « analyse et priorités ».
#[derive(Default)]
pub struct PrioritiseQuery;

#[Object]
impl PrioritiseQuery {
    /// A committee. An unknown one and another structure's answer alike: `NOT_FOUND`.
    async fn committee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Option<Result<Committee>> {
        // A result inside the option: its error makes this field null, and leaves its neighbours alone.
        let row = id::number_of("Committee", &id).unwrap_or_default();
        let found = service::by_id(app(ctx), caller(ctx), row).await;
        Some(found.map(Into::into).map_err(|e| answer(ctx, e)))
    }

    /// Committees in pages, as far as the caller may read them.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    #[allow(clippy::too_many_arguments)] // the six arguments of every connection
    async fn committees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<CommitteeFilterInput>,
        #[graphql(desc = "Order of the list.", default_with = "CommitteeOrder::Latest")]
        order_by: CommitteeOrder,
    ) -> Result<Connection<String, Committee, CommitteeTotal>> {
        let scope = scope(ctx, Action::ReadCommittees)?;
        let page =
            Page::new(order_by.as_str(), first, after, last, before).map_err(|e| answer(ctx, e))?;
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let slice = service::list(app(ctx), &scope, &filter, order_by, &page)
            .await
            .map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            CommitteeTotal { scope, filter },
            |row| Cursor::new(order_by.as_str(), row.starts_at.timestamp_micros(), row.id),
            Into::into,
        ))
    }

    /// The words of consent that a candidate reads before `candidateApply`; for everybody.
    async fn candidate_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code or global id of the structure.")] structure: ID,
    ) -> Result<String> {
        service::candidate_consent(app(ctx), &structure).await.map_err(|e| answer(ctx, e))
    }

    /// Candidates for next committees, newest first, for those who organise committees.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn committee_candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "Code or global id of a structure; with all below it.")] structure: Option<
            ID,
        >,
    ) -> Result<Connection<String, CommitteeCandidate>> {
        let scope = scope(ctx, Action::OrganiseCommittees)?;
        let page =
            Page::new("CANDIDATES", first, after, last, before).map_err(|e| answer(ctx, e))?;
        let below = named(ctx, structure).await?;
        let slice = service::candidates(app(ctx), &scope, below, &page)
            .await
            .map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            EmptyFields,
            |row| Cursor::new("CANDIDATES", "", row.id),
            Into::into,
        ))
    }

    /// Elected officials of the départements of the caller's structures, in the order in which they were
    /// written down.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn elected_officials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<String, ElectedOfficial>> {
        let scope = scope(ctx, Action::ReadCommittees)?;
        let page =
            Page::new("OFFICIALS", first, after, last, before).map_err(|e| answer(ctx, e))?;
        let slice =
            service::officials(app(ctx), &scope, &page).await.map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            EmptyFields,
            |row| Cursor::new("OFFICIALS", "", row.id),
            Into::into,
        ))
    }
}
