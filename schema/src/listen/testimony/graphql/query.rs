//! Reading testimonies.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, Result};

use super::input::TestimonyFilterInput;
use super::object::{Testimony, TestimonyTotal};
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::graphql::context::{answer, app, caller};
use crate::listen::testimony::model::TestimonyOrder;
use crate::listen::testimony::service;

/// Testimony queries.
#[derive(Default)]
pub struct TestimonyQuery;

#[Object]
impl TestimonyQuery {
    /// A testimony by its global id or its public number.
    async fn testimony(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: Option<ID>,
        #[graphql(desc = "Public number.")] number: Option<i64>,
    ) -> Option<Result<Testimony>> {
        // The error inside the option: it makes this field null and leaves its neighbours alone.
        let found = match (id, number) {
            (Some(id), None) => match id::number_of("Testimony", &id) {
                Some(row) => service::by_id(app(ctx), caller(ctx), row).await,
                None => Ok(None),
            },
            (None, Some(number)) => service::by_number(app(ctx), caller(ctx), number).await,
            _ => Err(Error::BadInput("Donnez « id » ou « number », et un seul des deux.".into())),
        };
        found.map_err(|e| answer(ctx, e)).transpose().map(|row| row.map(Into::into))
    }

    /// Testimonies in pages, newest first: the public ones, and with `filter.status` the others that
    /// the caller may see.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    #[allow(clippy::too_many_arguments)] // the six arguments of every connection
    async fn testimonies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<TestimonyFilterInput>,
        #[graphql(desc = "Order of the list.", default_with = "TestimonyOrder::Newest")]
        order_by: TestimonyOrder,
    ) -> Result<Connection<String, Testimony, TestimonyTotal>> {
        let page =
            Page::new(order_by.as_str(), first, after, last, before).map_err(|e| answer(ctx, e))?;
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let slice = service::list(app(ctx), caller(ctx), &filter, order_by, &page)
            .await
            .map_err(|e| answer(ctx, e))?;
        Ok(slice.into_connection(
            TestimonyTotal { filter },
            |row| Cursor::new(order_by.as_str(), row.listed_at.timestamp_micros(), row.id),
            Into::into,
        ))
    }
}
