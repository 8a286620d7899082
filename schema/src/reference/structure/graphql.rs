//! Structures in the API.

use std::sync::Arc;

use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::import;
use super::model::{self, Channel, StructureFilter};
use super::service;
use super::store::StructureOrder;
use crate::foundation::day::Day;
use crate::foundation::error::Error;
use crate::foundation::id;
use crate::foundation::page::{Cursor, Page};
use crate::foundation::payload::{UserError, settle};
use crate::foundation::policy::Action;
use crate::foundation::table;
use crate::graphql::context::{answer, app, caller};
use crate::graphql::loaders::{NetworkLoader, StructureLoader};
use crate::reference::network::graphql::Network;

/// A contact point of a public service, or a direction above contact points.
#[derive(Clone, Description)]
pub struct Structure(Arc<model::Structure>);

impl From<model::Structure> for Structure {
    fn from(row: model::Structure) -> Self {
        Self(Arc::new(row))
    }
}

#[Object(use_type_description)]
impl Structure {
    /// Opaque global id.
    pub async fn id(&self) -> ID {
        id::global("Structure", self.0.id)
    }
    /// « Code structure Services Publics + », such as `Xdrq90LES`.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name shown to users.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// « Type de structure », in French.
    async fn kind(&self) -> &str {
        &self.0.kind
    }
    /// Postal code.
    async fn postal_code(&self) -> &str {
        &self.0.postal_code
    }
    /// Commune.
    async fn commune(&self) -> &str {
        &self.0.commune
    }
    /// Code of the département.
    async fn department(&self) -> &str {
        &self.0.department
    }
    /// Région.
    async fn region(&self) -> &str {
        &self.0.region
    }
    /// Public e-mail address of the structure itself.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }
    /// Channels it declares.
    async fn channels(&self) -> &[Channel] {
        &self.0.channels
    }
    /// First day (Europe/Paris) on which it collects testimonies; null when it does not yet.
    async fn testimonies_open_on(&self) -> Option<Day> {
        self.0.testimonies_open_on.map(Day)
    }
    /// Day (Europe/Paris) from which it no longer exists; null while it does.
    async fn closed_on(&self) -> Option<Day> {
        self.0.closed_on.map(Day)
    }
    /// Last change, UTC.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
    /// The network it belongs to.
    async fn network(&self, ctx: &Context<'_>) -> Result<Network> {
        let loader = ctx.data_unchecked::<DataLoader<NetworkLoader>>();
        let row =
            Box::pin(loader.load_one(self.0.network_id)).await.map_err(|e| shared(ctx, &e))?;
        row.map(Into::into).ok_or_else(|| answer(ctx, Error::NotFound))
    }
    /// The structure above; null at the root of a network.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Structure>> {
        // The error inside the option: it makes this field null and leaves its neighbours alone.
        Some(load(ctx, self.0.parent_id?).await)
    }
    /// The structures directly below, by name.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
    ) -> Result<Connection<String, Structure, StructureTotal>> {
        let filter = StructureFilter { parent: Some(self.0.id), ..Default::default() };
        Box::pin(connection(ctx, filter, StructureOrder::Name, first, after, last, before)).await
    }
}

/// Answers a failure that several edges share.
pub(crate) fn shared(ctx: &Context<'_>, error: &Error) -> async_graphql::Error {
    answer(ctx, Error::Internal(anyhow::anyhow!("{error}")))
}

/// The structure behind an edge.
///
/// # Errors
/// Internal only: edges point to structures that exist.
pub async fn load(ctx: &Context<'_>, structure_id: i64) -> Result<Structure> {
    let loader = ctx.data_unchecked::<DataLoader<StructureLoader>>();
    // Boxed here and in other edges: every field of an object makes room for its largest.
    let row = Box::pin(loader.load_one(structure_id)).await.map_err(|e| shared(ctx, &e))?;
    row.map(Structure).ok_or_else(|| answer(ctx, Error::NotFound))
}

/// The row of a structure that a filter names by code or global id, if it names one.
///
/// # Errors
/// When the structure is unknown.
pub async fn named(ctx: &Context<'_>, reference: Option<ID>) -> Result<Option<i64>> {
    let Some(reference) = reference else { return Ok(None) };
    let found = async { service::resolve(&mut *app(ctx).pool.get().await?, &reference).await };
    Ok(Some(found.await.map_err(|e| answer(ctx, e))?.id))
}

/// What a page of structures knows beside its edges.
pub struct StructureTotal {
    filter: StructureFilter,
}

#[Object]
impl StructureTotal {
    /// How many structures the filter keeps in all; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i64> {
        service::count(app(ctx), &self.filter).await.map_err(|e| answer(ctx, e))
    }
}

/// Narrows a list of structures. Conditions add up.
#[derive(InputObject, Default)]
pub struct StructureFilterInput {
    /// This structure (code or global id) and all below it.
    below: Option<ID>,
    /// Code of a network, such as `CAF`.
    network: Option<String>,
    /// Code of a département, such as `62`.
    department: Option<String>,
    /// Name of a région.
    region: Option<String>,
    /// Name of a commune; accents and capitals do not matter.
    commune: Option<String>,
    /// Words of the name, in any order; accents and capitals do not matter.
    name: Option<String>,
    /// Declares this channel.
    channel: Option<Channel>,
    /// True for the roots of networks, false for all others.
    root: Option<bool>,
    /// Changed at or after this instant: for clients that keep a copy.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    updated_since: Option<DateTime<Utc>>,
}

async fn connection(
    ctx: &Context<'_>,
    filter: StructureFilter,
    order: StructureOrder,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<Connection<String, Structure, StructureTotal>> {
    let page = Page::new(order.as_str(), first, after, last, before).map_err(|e| answer(ctx, e))?;
    let slice = service::list(app(ctx), &filter, order, &page).await.map_err(|e| answer(ctx, e))?;
    Ok(slice.into_connection(
        StructureTotal { filter },
        |row| {
            let value = match order {
                StructureOrder::Name => &row.name,
                StructureOrder::Code => &row.code,
            };
            Cursor::new(order.as_str(), value, row.id)
        },
        Structure::from,
    ))
}

/// Structure queries.
#[derive(Default)]
pub struct StructureQuery;

#[Object]
impl StructureQuery {
    /// A structure by its code; null when there is none.
    async fn structure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "« Code structure Services Publics + », such as `Xdrq90LES`.")]
        code: String,
    ) -> Option<Result<Structure>> {
        let row = service::by_code(app(ctx), &code).await.map_err(|e| answer(ctx, e));
        row.transpose().map(|row| row.map(Into::into))
    }

    /// Structures of the country, in pages.
    #[graphql(complexity = "crate::foundation::page::cost(first.or(last), child_complexity)")]
    #[allow(clippy::too_many_arguments)] // the six arguments of every connection
    async fn structures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of the page from its start, at most 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Length of the page from its end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<StructureFilterInput>,
        #[graphql(desc = "Order of the list.", default_with = "StructureOrder::Name")]
        order_by: StructureOrder,
    ) -> Result<Connection<String, Structure, StructureTotal>> {
        let input = filter.unwrap_or_default();
        let below = named(ctx, input.below).await?;
        let filter = StructureFilter {
            below,
            network: input.network,
            department: input.department,
            region: input.region,
            commune: input.commune,
            name: input.name.filter(|name| !name.trim().is_empty()),
            channel: input.channel,
            root: input.root,
            parent: None,
            updated_since: input.updated_since,
        };
        connection(ctx, filter, order_by, first, after, last, before).await
    }
}

/// A reference list to import.
#[derive(InputObject)]
pub struct StructuresImportInput {
    /// The whole file: UTF-8 text, separated by semicolons, commas or tabs, with a header line naming the
    /// columns `code name kind network parent postal_code commune department region` and, if wanted,
    /// `email channels testimonies_open_on closed_on`. `channels` are values of `Channel`, separated by spaces
    /// or commas. Days as AAAA-MM-JJ.
    csv: String,
}

/// What an import did.
#[derive(SimpleObject)]
pub struct StructuresImportReport {
    /// Lines read, without the header.
    read: i32,
    /// Structures added.
    created: i32,
    /// Structures changed.
    updated: i32,
    /// Structures whose line said what was known.
    unchanged: i32,
}

/// Answer of `structuresImport`.
#[derive(SimpleObject)]
pub struct StructuresImportPayload {
    /// What was done; null when something must be mended first.
    report: Option<StructuresImportReport>,
    /// Every wrong line; nothing was written when there is one.
    user_errors: Vec<UserError>,
}

/// Structure mutations.
#[derive(Default)]
pub struct StructureMutation;

#[Object]
impl StructureMutation {
    /// Imports the reference list of structures of a network. For network heads, within their network,
    /// and the national team. The same file twice changes nothing; no structure is ever deleted.
    async fn structures_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: StructuresImportInput,
    ) -> Result<StructuresImportPayload> {
        let outcome = async {
            caller(ctx).actor.scope(Action::ImportStructures)?;
            table::within(input.csv.len(), app(ctx).settings.import_bytes)?;
            import::import(app(ctx), caller(ctx), input.csv.as_bytes(), &mut |_, _| {}).await
        }
        .await;
        let (done, user_errors) = settle(outcome, &caller(ctx).request_id)?;
        let whole = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let report = done.map(|done| StructuresImportReport {
            read: whole(done.read),
            created: whole(done.created),
            updated: whole(done.updated),
            unchanged: whole(done.unchanged),
        });
        Ok(StructuresImportPayload { report, user_errors })
    }
}
