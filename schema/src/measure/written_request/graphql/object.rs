//! A written request and its edges.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Description, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::loader::{SameSender, SameSenderLoader};
use crate::foundation::day::Day;
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::foundation::page::MAX_LENGTH;
use crate::foundation::policy::{Action, Scope};
use crate::graphql::context::{answer, app, scope};
use crate::measure::written_request::model::{
    self, AnswerNature, Medium, WrittenRequestFilter, WrittenRequestState,
};
use crate::measure::written_request::{rules, service};
use crate::reference::structure::graphql::{Structure, load, shared};

/// A letter or e-mail received by a structure. All days are calendar days in Europe/Paris.
#[derive(Clone, Description)]
pub struct WrittenRequest(model::WrittenRequest);

impl From<model::WrittenRequest> for WrittenRequest {
    fn from(row: model::WrittenRequest) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl WrittenRequest {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("WrittenRequest", self.0.id)
    }
    /// « Identifiant du courrier ou courriel », unique within its structure.
    async fn reference(&self) -> &str {
        &self.0.reference
    }
    /// Letter or e-mail.
    async fn medium(&self) -> Medium {
        self.0.medium
    }
    /// What it is about, plain text.
    async fn subject(&self) -> &str {
        &self.0.subject
    }
    /// Who wrote, plain text.
    async fn sender_name(&self) -> &str {
        &self.0.sender_name
    }
    /// E-mail address of the sender; null when unknown.
    async fn sender_email(&self) -> Option<&str> {
        self.0.sender_email.as_deref()
    }
    /// Postal address of the sender, with line breaks; null when unknown.
    async fn sender_address(&self) -> Option<&str> {
        self.0.sender_address.as_deref()
    }
    /// Day of reception.
    async fn received_on(&self) -> Day {
        Day(self.0.received_on)
    }
    /// Day on which the acknowledgement of receipt left; null while there is none.
    async fn acknowledged_on(&self) -> Option<Day> {
        self.0.acknowledged_on.map(Day)
    }
    /// Day on which the final answer left; null while it is open.
    async fn answered_on(&self) -> Option<Day> {
        self.0.answered_on.map(Day)
    }
    /// Nature of the final answer; null while it is open.
    async fn answer_nature(&self) -> Option<AnswerNature> {
        self.0.answer_nature
    }
    /// Last day on which an answer is in time: 14 calendar days after the reception.
    async fn due_on(&self) -> Day {
        Day(self.0.due_on)
    }
    /// Where it stands today.
    async fn state(&self, ctx: &Context<'_>) -> WrittenRequestState {
        rules::state(app(ctx).clock.today(), self.0.due_on, self.0.answered_on)
    }
    /// Calendar days from reception to final answer, 1 at least; null while it is open.
    async fn delay_days(&self) -> Option<i64> {
        self.0.answered_on.map(|on| rules::delay_days(self.0.received_on, on))
    }
    /// Calendar days from reception to today, 1 at least: the delay if it were answered now. Goes on
    /// after the answer.
    async fn age_days(&self, ctx: &Context<'_>) -> i64 {
        rules::delay_days(self.0.received_on, app(ctx).clock.today())
    }
    /// How the limit was computed and where the request stands, in French.
    async fn deadline_explanation(&self, ctx: &Context<'_>) -> String {
        rules::explain(&self.0, app(ctx).clock.today())
    }
    /// The structure that keeps it.
    async fn structure(&self, ctx: &Context<'_>) -> Result<Structure> {
        load(ctx, self.0.structure_id).await
    }
    /// Registration, UTC.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
    /// Last change, UTC.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
    /// « Le même expéditeur revient »: other requests whose sender has the same name (accents, capitals
    /// and punctuation do not matter) or the same e-mail address, newest first, as far as the caller may
    /// read them.
    #[graphql(complexity = "crate::foundation::page::cost(Some(first), child_complexity)")]
    async fn same_sender(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many at most, 0 to 100.", default = 20)] first: i32,
    ) -> Result<Vec<WrittenRequest>> {
        if !(0..=MAX_LENGTH).contains(&first) {
            let message =
                format!("Demandez de 0 à {MAX_LENGTH} éléments ; vous en demandez {first}.");
            return Err(answer(ctx, Error::BadInput(message)));
        }
        let scope = scope(ctx, Action::ReadWrittenRequests)?;
        let key = SameSender { of: self.0.id, limit: first.into(), scope };
        let loader = ctx.data::<DataLoader<SameSenderLoader>>()?;
        let rows = loader.load_one(key).await.map_err(|e| shared(ctx, &e))?;
        Ok(rows.unwrap_or_default().into_iter().map(Into::into).collect())
    }
}

/// What a page of written requests knows beside its edges.
pub struct WrittenRequestTotal {
    pub(super) scope: Scope,
    pub(super) filter: WrittenRequestFilter,
}

#[Object]
impl WrittenRequestTotal {
    /// How many requests the filter keeps in all; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), &self.scope, &self.filter).await.map_err(|e| answer(ctx, e))
    }
}
