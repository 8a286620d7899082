//! What the API is asked.

use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, Utc};

use crate::foundation::day::{self, Day};
use crate::graphql::context::answer;
use crate::listen::testimony::model::{Channel, Sentiment, TestimonyFilter, TestimonyStatus};
use crate::listen::testimony::service::Submission;
use crate::reference::structure::graphql::named;

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

impl From<TestimonySubmitInput> for Submission {
    fn from(input: TestimonySubmitInput) -> Self {
        Self {
            structure: input.structure.0,
            title: input.title,
            body: input.body,
            pseudonym: input.pseudonym,
            experiences: input.experiences.iter().map(|e| (e.channel, e.sentiment)).collect(),
            email: input.email,
        }
    }
}

/// A testimony to publish.
#[derive(InputObject)]
pub struct TestimonyPublishInput {
    /// Global id of a testimony in moderation.
    pub(super) id: ID,
}

/// A testimony to reject.
#[derive(InputObject)]
pub struct TestimonyRejectInput {
    /// Global id of a testimony in moderation.
    pub(super) id: ID,
    /// Why, in French, at most 500 characters.
    pub(super) reason: String,
}
