//! The roots of the API, merged from the areas, and the limits that hold for every operation.

use async_graphql::{MergedObject, MergedSubscription, SchemaBuilder, ValidationMode};

use super::node::NodeQuery;
use crate::foundation::app::App;
use crate::listen::testimony::dashboard::DashboardQuery;
use crate::listen::testimony::graphql::{TestimonyMutation, TestimonyQuery};
use crate::listen::testimony::subscription::TestimonySubscription;
use crate::measure::written_request::graphql::{MeasureMutation, MeasureQuery};
use crate::operate::graphql::{OperateMutation, OperateQuery};
use crate::prioritise::committee::graphql::{PrioritiseMutation, PrioritiseQuery};
use crate::prioritise::minutes::graphql::{MinutesMutation, MinutesQuery};
use crate::reference::account::graphql::{AccountMutation, AccountQuery};
use crate::reference::api_token::graphql::{ApiTokenMutation, ApiTokenQuery};
use crate::reference::commitment::graphql::CommitmentQuery;
use crate::reference::federation::graphql::FederationMutation;
use crate::reference::network::graphql::NetworkQuery;
use crate::reference::structure::graphql::{StructureMutation, StructureQuery};

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    AccountQuery,
    ApiTokenQuery,
    NodeQuery,
    NetworkQuery,
    CommitmentQuery,
    StructureQuery,
    TestimonyQuery,
    DashboardQuery,
    MeasureQuery,
    PrioritiseQuery,
    MinutesQuery,
    OperateQuery,
);

/// Everything that can be changed. Each takes one `input` and answers `userErrors` for what to mend.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccountMutation,
    ApiTokenMutation,
    FederationMutation,
    StructureMutation,
    TestimonyMutation,
    MeasureMutation,
    PrioritiseMutation,
    MinutesMutation,
    OperateMutation,
);

/// Everything that can be listened to.
#[derive(MergedSubscription, Default)]
pub struct Subscription(TestimonySubscription);

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Deepest nesting of a document (ours; comparable systems allow 8 to 15). The door checks it, because the
/// library's own limit would count questions about the schema, which go deeper, and would spread every
/// fragment before it counts.
pub const MAX_DEPTH: usize = 12;
/// Highest cost of a document: fields, multiplied by the length of the pages they are in (ours).
/// A page of 100 with 25 fields fits; a page of 100 in a page of 100 does not.
pub const MAX_COST: usize = 5_000;

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription::default())
        // The door has judged every document by all rules, and weighed it; this would do some of it again, not all.
        .validation_mode(ValidationMode::Fast)
        .disable_suggestions()
}

/// The schema over an application.
pub fn build(app: App) -> Schema {
    super::loaders::shared(builder(), &app.pool).data(app).finish()
}

/// The schema's definition, sorted: the text that is committed and served.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_enum_items()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let text = builder().finish().sdl_with_options(options);
    format!("{}\n", text.trim())
}
