//! `node` and `nodes`: any object by its global id, as far as the caller may see.

use std::collections::HashMap;

use async_graphql::{Context, ID, Interface, Object, Result};

use super::context::{answer, app, caller};
use crate::foundation::error::{Error, Result as Outcome};
use crate::foundation::id;
use crate::listen::testimony::{self, graphql::Testimony};
use crate::measure::written_request::{self, graphql::WrittenRequest};
use crate::operate::email::{self, graphql::Mail};
use crate::operate::incident::{self, graphql::Incident};
use crate::operate::job::{self, graphql::Job};
use crate::prioritise::committee::graphql::{
    Committee, CommitteeCandidate, CommitteeParticipant, ElectedOfficial,
};
use crate::prioritise::committee::service as committees;
use crate::prioritise::minutes::{graphql::CommitteeOutcome, service as minutes};
use crate::reference::account::{self, graphql::Viewer};
use crate::reference::api_token::{self, graphql::ApiToken};
use crate::reference::commitment::{self, graphql::Commitment};
use crate::reference::network::{self, graphql::Network};
use crate::reference::structure::{self, graphql::Structure};

/// Anything with a global id.
#[derive(Interface, Clone)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque global id."))]
#[allow(missing_docs)] // the variants are the types themselves
pub enum Node {
    Network(Network),
    Commitment(Commitment),
    Viewer(Viewer),
    ApiToken(ApiToken),
    Structure(Structure),
    Testimony(Testimony),
    WrittenRequest(WrittenRequest),
    Committee(Committee),
    CommitteeParticipant(CommitteeParticipant),
    CommitteeCandidate(CommitteeCandidate),
    ElectedOfficial(ElectedOfficial),
    CommitteeOutcome(CommitteeOutcome),
    Job(Job),
    Mail(Mail),
    Incident(Incident),
}

/// The types that have a global id.
const KINDS: &[&str] = &[
    "Network",
    "Commitment",
    "Structure",
    "Account",
    "ApiToken",
    "Testimony",
    "WrittenRequest",
    "Committee",
    "CommitteeParticipant",
    "CommitteeCandidate",
    "ElectedOfficial",
    "CommitteeOutcome",
    "Job",
    "Mail",
    "Incident",
];
/// Most ids that `nodes` reads at once: as a page (ours).
const MAX_NODES: usize = 100;

/// Node queries.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// An object by its global id; null when there is none or the caller may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Option<Result<Node>> {
        // The error inside the option: it makes this field null and leaves its neighbours alone.
        let found = find(ctx, &[id]).await.map_err(|e| answer(ctx, e));
        found.map(|mut found| found.pop().flatten()).transpose()
    }

    /// Objects by their global ids, in the same order, at most 100; null where `node` would be.
    #[graphql(complexity = "ids.len() * child_complexity + 1")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            let message = format!(
                "« nodes » lit au plus {MAX_NODES} identifiants ; vous en donnez {}.",
                ids.len()
            );
            return Err(answer(ctx, Error::BadInput(message)));
        }
        find(ctx, &ids).await.map_err(|e| answer(ctx, e))
    }
}

/// Finds nodes in their order, with one statement per type however many there are.
async fn find(ctx: &Context<'_>, ids: &[ID]) -> Outcome<Vec<Option<Node>>> {
    let (app, caller) = (app(ctx), caller(ctx));
    let parsed: Vec<Option<(String, i64)>> = ids.iter().map(|id| id::parse(id)).collect();
    let mut found: HashMap<(&str, i64), Node> = HashMap::new();
    let numbers = |kind: &str| -> Vec<i64> {
        let of_kind = parsed.iter().flatten().filter(|(found, _)| found == kind);
        of_kind.map(|(_, number)| *number).collect()
    };
    for kind in KINDS {
        let numbers = numbers(kind);
        if numbers.is_empty() {
            continue;
        }
        match *kind {
            "Network" => {
                let rows = network::service::by_ids(&app.pool, &numbers).await?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::Network(row.into()))),
                );
            }
            "Commitment" => {
                let rows = commitment::service::by_ids(app, &numbers).await?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::Commitment(row.into()))),
                );
            }
            "Structure" => {
                let rows = structure::service::by_ids(&app.pool, &numbers).await?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::Structure(row.into()))),
                );
            }
            "Account" => {
                let own = account::service::viewer(app, caller).await?;
                let own = own.filter(|(account, _)| numbers.contains(&account.id));
                found.extend(own.map(|own| ((*kind, own.0.id), Node::Viewer(own.into()))));
            }
            "ApiToken" => {
                let rows = visible(api_token::service::by_ids(app, caller, &numbers).await)?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::ApiToken(row.into()))),
                );
            }
            "Testimony" => {
                let rows = testimony::service::by_ids(app, caller, &numbers).await?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::Testimony(row.into()))),
                );
            }
            "WrittenRequest" => {
                let rows = visible(written_request::service::by_ids(app, caller, &numbers).await)?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::WrittenRequest(row.into()))),
                );
            }
            "Committee" => {
                let rows = visible(committees::by_ids(app, caller, &numbers).await)?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::Committee(row.into()))),
                );
            }
            "CommitteeParticipant" => {
                let rows = visible(committees::people_by_ids(app, caller, &numbers).await)?;
                found.extend(
                    rows.into_iter()
                        .map(|row| ((*kind, row.id), Node::CommitteeParticipant(row.into()))),
                );
            }
            "CommitteeCandidate" => {
                let rows = visible(committees::candidates_by_ids(app, caller, &numbers).await)?;
                found.extend(
                    rows.into_iter()
                        .map(|row| ((*kind, row.id), Node::CommitteeCandidate(row.into()))),
                );
            }
            "ElectedOfficial" => {
                let rows = visible(committees::officials_by_ids(app, caller, &numbers).await)?;
                found.extend(
                    rows.into_iter()
                        .map(|row| ((*kind, row.id), Node::ElectedOfficial(row.into()))),
                );
            }
            "CommitteeOutcome" => {
                let rows = minutes::outcomes_by_ids(app, caller, &numbers).await?;
                found.extend(
                    rows.into_iter()
                        .map(|row| ((*kind, row.id), Node::CommitteeOutcome(row.into()))),
                );
            }
            "Mail" => {
                let rows = visible(email::service::by_ids(app, caller, &numbers).await)?;
                found.extend(rows.into_iter().map(|row| ((*kind, row.id), Node::Mail(row.into()))));
            }
            "Incident" => {
                let rows = visible(incident::service::by_ids(app, caller, &numbers).await)?;
                found.extend(
                    rows.into_iter().map(|row| ((*kind, row.id), Node::Incident(row.into()))),
                );
            }
            _ => {
                let rows = visible(job::service::by_ids(app, caller, &numbers).await)?;
                found.extend(rows.into_iter().map(|row| ((*kind, row.id), Node::Job(row.into()))));
            }
        }
    }
    Ok(parsed
        .iter()
        .map(|id| {
            id.as_ref().and_then(|(kind, number)| found.get(&(kind.as_str(), *number)).cloned())
        })
        .collect())
}

/// The caller asked for nodes, not for a right: what it may not see is not there.
fn visible<T>(rows: Outcome<Vec<T>>) -> Outcome<Vec<T>> {
    match rows {
        Err(
            Error::NotFound
            | Error::Forbidden
            | Error::ForbiddenToToken(_)
            | Error::Unauthenticated,
        ) => Ok(vec![]),
        other => other,
    }
}
