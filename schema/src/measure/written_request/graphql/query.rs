//! Reading the register.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};

use super::input::WrittenRequestFilterInput;
use super::object::{WrittenRequest, WrittenRequestTotal};
use crate::foundation::day::Day;
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::policy::Action;
use crate::graphql::context::{answer, app, caller, scope};
use crate::measure::written_request::model::{Medium, WrittenRequestOrder};
use crate::measure::written_request::results::{self, Question, WrittenRequestResults};
use crate::measure::written_request::service;

/// Queries of « mesure et affichage ».
#[derive(Default)]
pub struct MeasureQuery;

#[Object]
impl MeasureQuery {
    /// A written request. An unknown one and another structure's answer alike: `NOT_FOUND`.
    async fn written_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Option<Result<WrittenRequest>> {
        // A result inside the option: its error makes this field null, and leaves its neighbours alone.
        let found = async {
            // The right comes first: nobody learns from the answer whether an id is well formed.
            let row = id::number_of("WrittenRequest", &id).unwrap_or_default();
            service::by_id(app(ctx), caller(ctx), row).await
        };
        Some(found.await.map(Into::into).map_err(|e| answer(ctx, e)))
    }

    /// Written requests in pages, newest first, as far as the caller may read them.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    #[allow(clippy::too_many_arguments)] // the six arguments of every connection
    async fn written_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<WrittenRequestFilterInput>,
        #[graphql(desc = "Order of the list.", default_with = "WrittenRequestOrder::ReceivedOn")]
        order_by: WrittenRequestOrder,
    ) -> Result<Connection<String, WrittenRequest, WrittenRequestTotal>> {
        let scope = scope(ctx, Action::ReadWrittenRequests)?;
        let page =
            Page::new(order_by.as_str(), first, after, last, before).map_err(|e| answer(ctx, e))?;
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let slice = service::list(app(ctx), &scope, &filter, order_by, &page)
            .await
            .map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            WrittenRequestTotal { scope, filter },
            |row| {
                let day = match order_by {
                    WrittenRequestOrder::ReceivedOn => row.received_on,
                    WrittenRequestOrder::DueOn => row.due_on,
                };
                Cursor::new(order_by.as_str(), day, row.id)
            },
            Into::into,
        ))
    }

    /// Results of the register: rates under 8, 15 and 30 days, delays, and the last twelve months, letters
    /// and e-mails apart, for the requests received in a period by a structure and all below it.
    async fn written_request_results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code or global id of a structure; with all below it.")] structure: ID,
        #[graphql(desc = "First day of reception, Europe/Paris.")] from: Day,
        #[graphql(
            desc = "Last day of reception, Europe/Paris; at most five years after the first."
        )]
        to: Day,
        #[graphql(desc = "Letters or e-mails only; both, apart, when absent.")] medium: Option<
            Medium,
        >,
        #[graphql(desc = "Only requests with these words in their reference or subject.")]
        search: Option<String>,
    ) -> Result<WrittenRequestResults> {
        let question = Question { structure: structure.0, from: from.0, to: to.0, medium, search };
        let unknown = |error: Error| match error {
            // As for a structure out of reach.
            Error::Refused(_) => Error::NotFound,
            other => other,
        };
        results::results(app(ctx), caller(ctx), &question)
            .await
            .map_err(|e| answer(ctx, unknown(e)))
    }
}
