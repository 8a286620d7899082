//! Commitments in the API.

use async_graphql::{Context, Description, ID, Object, Result};

use super::model::{self, Theme};
use super::service;
use crate::foundation::id;
use crate::graphql::context::{answer, app};

/// One of the nine commitments of the programme, as shown to users.
#[derive(Clone, Description)]
pub struct Commitment(model::Commitment);

impl From<model::Commitment> for Commitment {
    fn from(row: model::Commitment) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Commitment {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Commitment", self.0.id)
    }
    /// Year of the version this wording belongs to.
    async fn version(&self) -> i16 {
        self.0.version
    }
    /// Number in the list, 1 to 9.
    async fn code(&self) -> i16 {
        self.0.code
    }
    /// Theme on the poster.
    async fn theme(&self) -> Theme {
        self.0.theme
    }
    /// Number within its theme on the poster, 1 to 3.
    async fn rank_in_theme(&self) -> i16 {
        self.0.rank_in_theme
    }
    /// Poster wording, in French.
    async fn label(&self) -> &str {
        &self.0.label
    }
    /// Short wording, in French.
    async fn short_label(&self) -> &str {
        &self.0.short_label
    }
}

/// Commitment queries.
#[derive(Default)]
pub struct CommitmentQuery;

#[Object]
impl CommitmentQuery {
    /// The commitments of the programme, in order.
    async fn commitments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Year of the version; the latest when absent.")] version: Option<i16>,
    ) -> Result<Vec<Commitment>> {
        let rows = service::of_version(app(ctx), version).await.map_err(|e| answer(ctx, e))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
