//! A testimony.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::foundation::id;
use crate::graphql::context::{answer, app, caller};
use crate::graphql::loaders::ExperienceLoader;
use crate::listen::testimony::model::{self, Channel, Sentiment, TestimonyFilter, TestimonyStatus};
use crate::listen::testimony::service;
use crate::reference::structure::graphql::{Structure, load, shared};

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
    pub(super) filter: TestimonyFilter,
}

#[Object]
impl TestimonyTotal {
    /// How many testimonies the filter keeps in all; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), caller(ctx), &self.filter).await.map_err(|e| answer(ctx, e))
    }
}
