//! Networks in the API.

use async_graphql::{Context, Description, ID, Object, Result};

use super::{model, service};
use crate::foundation::id;
use crate::graphql::context::{answer, app};

/// A network of public services, such as the CAF or the police nationale.
#[derive(Clone, Description)]
pub struct Network(model::Network);

impl From<model::Network> for Network {
    fn from(row: model::Network) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Network {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Network", self.0.id)
    }
    /// Stable code, such as `CAF`.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// French name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// The ministry it belongs to.
    async fn ministry(&self) -> &str {
        &self.0.ministry
    }
}

/// Network queries.
#[derive(Default)]
pub struct NetworkQuery;

#[Object]
impl NetworkQuery {
    /// Every network of the programme, by name.
    async fn networks(&self, ctx: &Context<'_>) -> Result<Vec<Network>> {
        let read = async { service::all(&mut *app(ctx).pool.get().await?).await };
        let rows = read.await.map_err(|e| answer(ctx, e))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
