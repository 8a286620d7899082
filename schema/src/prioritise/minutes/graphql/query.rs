//! Reading what came of committees.

use async_graphql::connection::{Connection, EmptyFields};
use async_graphql::{Context, ID, Object, Result};

use super::input::CommitteeSummaryFilterInput;
use super::summary::CommitteeSummary;
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::graphql::context::{answer, app, caller};
use crate::prioritise::committee::model::Committee;
use crate::prioritise::minutes::service;

/// Queries on what came of committees; for everybody.
#[derive(Default)]
pub struct MinutesQuery;

#[Object]
impl MinutesQuery {
    /// What came of a committee, once it is closed. Before that, and for an unknown one: `NOT_FOUND`.
    async fn committee_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the committee.")] committee: ID,
    ) -> Option<Result<CommitteeSummary>> {
        // A result inside the option: its error makes this field null, and leaves its neighbours alone.
        let row = id::number_of("Committee", &committee).unwrap_or_default();
        Some(summary(ctx, row).await.map_err(|e| answer(ctx, e)))
    }

    /// What came of committees, latest first.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn committee_summaries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<CommitteeSummaryFilterInput>,
    ) -> Result<Connection<String, CommitteeSummary>> {
        let page =
            Page::new("SUMMARIES", first, after, last, before).map_err(|e| answer(ctx, e))?;
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let slice = service::list(app(ctx), caller(ctx), &filter, &page)
            .await
            .map_err(|e| answer(ctx, e))?;
        let ids: Vec<i64> = slice.rows.iter().map(|row| row.id).collect();
        let mut minutes =
            service::minutes(&app(ctx).pool, &ids).await.map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            EmptyFields,
            |row| Cursor::new("SUMMARIES", row.starts_at.timestamp_micros(), row.id),
            |committee: Committee| {
                let minutes = minutes.remove(&committee.id).unwrap_or_default();
                CommitteeSummary { committee, minutes }
            },
        ))
    }
}

async fn summary(ctx: &Context<'_>, row: i64) -> Result<CommitteeSummary, Error> {
    let committee = service::summary(app(ctx), caller(ctx), row).await?;
    let minutes = service::minutes(&app(ctx).pool, &[row]).await?.remove(&row).unwrap_or_default();
    Ok(CommitteeSummary { committee, minutes })
}
