//! `node` and `nodes`: any object by its global id, as far as the caller may see.

use async_graphql::{Context, ID, Interface, Object, Result};

use super::context::{answer, app, caller};
use crate::foundation::error::{Error, Result as Outcome};
use crate::foundation::id;
use crate::listen::testimony::{self, graphql::Testimony};
use crate::measure::written_request::{self, graphql::WrittenRequest};
use crate::operate::job::{self, graphql::Job};
use crate::reference::network::{self, graphql::Network};
use crate::reference::structure::{self, graphql::Structure};

/// Anything with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque global id."))]
#[allow(missing_docs)] // the variants are the types themselves
pub enum Node {
    Network(Network),
    Structure(Structure),
    Testimony(Testimony),
    WrittenRequest(WrittenRequest),
    Job(Job),
}

/// Most ids that `nodes` reads at once: as a page (ours).
const MAX_NODES: usize = 100;

/// Node queries.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// An object by its global id; null when there is none or the caller may not see it.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Global id.")] id: ID) -> Result<Option<Node>> {
        find(ctx, &id).await.map_err(|e| answer(ctx, e))
    }

    /// Objects by their global ids, in the same order, at most 100; null where `node` would be.
    #[graphql(complexity = "ids.len() * child_complexity + 1")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            let message = format!("« nodes » lit au plus {MAX_NODES} identifiants ; vous en donnez {}.", ids.len());
            return Err(answer(ctx, Error::BadInput(message)));
        }
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            found.push(find(ctx, id).await.map_err(|e| answer(ctx, e))?);
        }
        Ok(found)
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> Outcome<Option<Node>> {
    let (app, caller) = (app(ctx), caller(ctx));
    let Some((kind, number)) = id::parse(id) else { return Ok(None) };
    let hidden = |error: Error| match error {
        // The caller asked for a node, not for a right: what it may not see is not there.
        Error::NotFound | Error::Forbidden | Error::Unauthenticated => Ok(None),
        other => Err(other),
    };
    Ok(match kind.as_str() {
        "Network" => {
            network::service::by_ids(&app.pool, &[number]).await?.pop().map(|row| Node::Network(row.into()))
        }
        "Structure" => {
            structure::service::by_ids(&app.pool, &[number]).await?.pop().map(|row| Node::Structure(row.into()))
        }
        "Testimony" => testimony::service::by_id(app, caller, number).await?.map(|row| Node::Testimony(row.into())),
        "WrittenRequest" => match written_request::service::by_id(app, caller, number).await {
            Ok(row) => Some(Node::WrittenRequest(row.into())),
            Err(error) => hidden(error)?,
        },
        "Job" => match job::service::get(app, caller, number).await {
            Ok(row) => Some(Node::Job(row.into())),
            Err(error) => hidden(error)?,
        },
        _ => None,
    })
}

