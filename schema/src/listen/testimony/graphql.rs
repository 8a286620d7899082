//! Testimonies in the API.

use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::model::{self, Channel, Sentiment, TestimonyFilter, TestimonyStatus};
use super::service::{self, Submission, TestimonyOrder};
use crate::foundation::day::{self, Day};
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::payload::{UserError, settle};
use crate::graphql::context::{answer, app, caller};
use crate::graphql::loaders::ExperienceLoader;
use crate::reference::structure::graphql::{Structure, load, named, shared};

/// What somebody lived with a public service, told by themselves.
#[derive(Clone, Description)]
pub struct Testimony(model::Testimony);

impl From<model::Testimony> for Testimony {
    fn from(row: model::Testimony) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Testimony {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Testimony", self.0.id)
    }
    /// Public number that people quote.
    async fn number(&self) -> i64 {
        self.0.number
    }
    /// Title, plain text.
    async fn title(&self) -> &str {
        &self.0.title
    }
    /// What happened, plain text; escape it before you show it.
    async fn body(&self) -> &str {
        &self.0.body
    }
    /// Name chosen by the author.
    async fn pseudonym(&self) -> &str {
        &self.0.pseudonym
    }
    /// How far it has come.
    async fn status(&self) -> TestimonyStatus {
        self.0.status
    }
    /// When it came in, UTC.
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.0.submitted_at
    }
    /// When it became public, UTC; null before.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }
    /// Last change, UTC.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
    /// Why a moderator rejected it; null otherwise.
    async fn rejection_reason(&self) -> Option<&str> {
        self.0.rejection_reason.as_deref()
    }
    /// The structure it is about.
    async fn structure(&self, ctx: &Context<'_>) -> Result<Structure> {
        load(ctx, self.0.structure_id).await
    }
    /// What was felt on each channel, in the author's order.
    async fn experiences(&self, ctx: &Context<'_>) -> Result<Vec<Experience>> {
        let loader = ctx.data_unchecked::<DataLoader<ExperienceLoader>>();
        let rows = Box::pin(loader.load_one(self.0.id)).await.map_err(|e| shared(ctx, &e))?;
        Ok(rows
            .unwrap_or_default()
            .into_iter()
            .map(|row| Experience { channel: row.channel, sentiment: row.sentiment })
            .collect())
    }
}

/// What was felt on one channel.
#[derive(SimpleObject)]
pub struct Experience {
    /// The channel.
    channel: Channel,
    /// What was felt; null when unknown, in old testimonies.
    sentiment: Option<Sentiment>,
}

/// What a page of testimonies knows beside its edges.
pub struct TestimonyTotal {
    filter: TestimonyFilter,
}

#[Object]
impl TestimonyTotal {
    /// How many testimonies the filter keeps in all; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), caller(ctx), &self.filter).await.map_err(|e| answer(ctx, e))
    }
}

/// Narrows a list of testimonies. Conditions add up.
#[derive(InputObject, Default)]
pub struct TestimonyFilterInput {
    /// Code or global id of a structure; with all below it.
    pub structure: Option<ID>,
    /// Code of a network, such as `CAF`.
    pub network: Option<String>,
    /// Code of a département, such as `62`.
    pub department: Option<String>,
    /// Tells of this channel.
    pub channel: Option<Channel>,
    /// Tells of this sentiment; on that channel when one is given.
    pub sentiment: Option<Sentiment>,
    /// In one of these states; the public ones when absent. Others are only seen by those concerned.
    pub status: Option<Vec<TestimonyStatus>>,
    /// Published (or submitted, while not public) on or after this day, Europe/Paris.
    pub from: Option<Day>,
    /// Published (or submitted, while not public) on or before this day, Europe/Paris.
    pub to: Option<Day>,
    /// French words of the title or text: endings and accents do not matter; quotes, `or` and `-` work.
    pub search: Option<String>,
    /// Changed at or after this instant: for clients that keep a copy.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    pub updated_since: Option<DateTime<Utc>>,
}

impl TestimonyFilterInput {
    /// Checks the period, looks the structure up and gives the domain's filter.
    ///
    /// # Errors
    /// When the period ends before it starts, or the structure is unknown.
    pub async fn resolve(self, ctx: &Context<'_>) -> Result<TestimonyFilter> {
        day::forwards(self.from, self.to).map_err(|e| answer(ctx, e))?;
        let structure_id = named(ctx, self.structure).await?;
        Ok(TestimonyFilter {
            structure_id,
            network: self.network,
            department: self.department,
            channel: self.channel,
            sentiment: self.sentiment,
            statuses: self.status.unwrap_or_default(),
            from: self.from.map(|day| day.0),
            to: self.to.map(|day| day.0),
            search: self.search.filter(|words| !words.trim().is_empty()),
            updated_since: self.updated_since,
        })
    }
}

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
            Testimony,
        ))
    }
}

/// What was felt on one channel.
#[derive(InputObject)]
pub struct ExperienceInput {
    /// The channel.
    channel: Channel,
    /// What was felt.
    sentiment: Sentiment,
}

/// A testimony to tell. No account is needed. Do not name agents or give personal data.
#[derive(InputObject)]
pub struct TestimonySubmitInput {
    /// Code or global id of the structure it is about.
    structure: ID,
    /// Title, at most 150 characters.
    title: String,
    /// What happened, at most 5,000 characters.
    body: String,
    /// Name to show, at most 40 characters.
    pseudonym: String,
    /// What was felt on each channel: at least one, each channel once.
    experiences: Vec<ExperienceInput>,
    /// Address for follow-up; never shown to anybody.
    email: Option<String>,
}

/// A testimony to publish.
#[derive(InputObject)]
pub struct TestimonyPublishInput {
    /// Global id of a testimony in moderation.
    id: ID,
}

/// A testimony to reject.
#[derive(InputObject)]
pub struct TestimonyRejectInput {
    /// Global id of a testimony in moderation.
    id: ID,
    /// Why, in French, at most 500 characters.
    reason: String,
}

/// Answer of every testimony mutation.
#[derive(SimpleObject)]
pub struct TestimonyPayload {
    /// The testimony as it is now; null when something must be mended first.
    testimony: Option<Testimony>,
    /// What to mend; nothing was written then.
    user_errors: Vec<UserError>,
}

fn payload(
    ctx: &Context<'_>,
    outcome: crate::foundation::error::Result<model::Testimony>,
) -> Result<TestimonyPayload> {
    let (row, user_errors) = settle(outcome, &caller(ctx).request_id)?;
    Ok(TestimonyPayload { testimony: row.map(Into::into), user_errors })
}

fn row_of(ctx: &Context<'_>, id: &ID) -> Result<i64> {
    id::number_of("Testimony", id).ok_or_else(|| answer(ctx, Error::NotFound))
}

/// Testimony mutations.
#[derive(Default)]
pub struct TestimonyMutation;

#[Object]
impl TestimonyMutation {
    /// Tells an experience. It is read by a moderator before everybody can read it.
    async fn testimony_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The testimony.")] input: TestimonySubmitInput,
    ) -> Result<TestimonyPayload> {
        let submission = Submission {
            structure: input.structure.0,
            title: input.title,
            body: input.body,
            pseudonym: input.pseudonym,
            experiences: input.experiences.iter().map(|e| (e.channel, e.sentiment)).collect(),
            email: input.email,
        };
        payload(ctx, service::submit(app(ctx), caller(ctx), submission).await)
    }

    /// Makes a testimony public. For moderators.
    async fn testimony_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: TestimonyPublishInput,
    ) -> Result<TestimonyPayload> {
        let row = row_of(ctx, &input.id)?;
        payload(ctx, service::publish(app(ctx), caller(ctx), row).await)
    }

    /// Refuses a testimony, with the reason. For moderators.
    async fn testimony_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: TestimonyRejectInput,
    ) -> Result<TestimonyPayload> {
        let row = row_of(ctx, &input.id)?;
        payload(ctx, service::reject(app(ctx), caller(ctx), row, &input.reason).await)
    }
}
