//! The event: found, planned, changed, moved, cancelled.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use chrono::{DateTime, Utc};

use crate::prioritise::committee::model::{
    CommitteeFilter, CommitteeKind, CommitteeMode, CommitteeStatus,
};
use crate::prioritise::committee::rules::Plan;
use crate::prioritise::committee::service::{Changes, Creation};
use crate::reference::structure::graphql::named;

/// Narrows a list of committees. Conditions add up.
#[derive(InputObject, Default)]
pub struct CommitteeFilterInput {
    /// Code or global id of a structure; with all below it.
    structure: Option<ID>,
    /// Of this kind.
    kind: Option<CommitteeKind>,
    /// In this state.
    status: Option<CommitteeStatus>,
    /// Starts at or after this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    from: Option<DateTime<Utc>>,
    /// Starts before this instant.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    to: Option<DateTime<Utc>>,
    /// Changed at or after this instant: for clients that keep a copy.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    updated_since: Option<DateTime<Utc>>,
}

impl CommitteeFilterInput {
    /// Looks the structure up and gives the domain's filter.
    pub(in super::super) async fn resolve(self, ctx: &Context<'_>) -> Result<CommitteeFilter> {
        Ok(CommitteeFilter {
            below: named(ctx, self.structure).await?,
            kind: self.kind,
            status: self.status,
            from: self.from,
            to: self.to,
            updated_since: self.updated_since,
        })
    }
}

/// A committee to plan.
#[derive(InputObject)]
pub struct CommitteeCreateInput {
    /// Code or global id of the structure that holds it.
    structure: ID,
    /// Its kind.
    kind: CommitteeKind,
    /// Title, at most 150 characters.
    title: String,
    /// Theme; needed for a listening committee.
    theme: Option<String>,
    /// « Finalités ».
    aims: String,
    /// « Ordre du jour ».
    agenda: String,
    /// Start, in the future.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    starts_at: DateTime<Utc>,
    /// Length in minutes, 15 to 480; 90 to 120 are recommended.
    #[graphql(default = 120)]
    duration_minutes: i32,
    /// On site, remote or both.
    mode: CommitteeMode,
    /// Where; needed unless it is remote.
    place: Option<String>,
    /// Address on line, `https://…`; needed unless it is on site.
    link: Option<String>,
    /// Whether results, indicators and testimonies were analysed.
    #[graphql(default)]
    results_analysed: bool,
    /// Whether first ideas were found in the team.
    #[graphql(default)]
    ideas_gathered: bool,
}

impl From<CommitteeCreateInput> for Creation {
    fn from(input: CommitteeCreateInput) -> Self {
        Self {
            structure: input.structure.0,
            kind: input.kind,
            plan: Plan {
                title: input.title,
                theme: input.theme,
                aims: input.aims,
                agenda: input.agenda,
                starts_at: input.starts_at,
                duration_minutes: input.duration_minutes,
                mode: input.mode,
                place: input.place,
                link: input.link,
            },
            results_analysed: input.results_analysed,
            ideas_gathered: input.ideas_gathered,
        }
    }
}

/// Changes of a committee; what is absent stays as it is. `theme`, `place` and `link` go away when given as null.
#[derive(InputObject)]
pub struct CommitteeUpdateInput {
    /// Global id of the committee.
    pub(in super::super) id: ID,
    /// Title.
    title: Option<String>,
    /// Theme; null takes it away, except from a listening committee.
    theme: MaybeUndefined<String>,
    /// « Finalités ».
    aims: Option<String>,
    /// « Ordre du jour ».
    agenda: Option<String>,
    /// Length in minutes.
    duration_minutes: Option<i32>,
    /// On site, remote or both.
    mode: Option<CommitteeMode>,
    /// Where; null takes it away, when the committee is remote.
    place: MaybeUndefined<String>,
    /// Address on line; null takes it away, when the committee is on site.
    link: MaybeUndefined<String>,
    /// Whether results, indicators and testimonies were analysed.
    results_analysed: Option<bool>,
    /// Whether first ideas were found in the team.
    ideas_gathered: Option<bool>,
    /// Why a composition outside the rule, or missing prerequisites, do not stop it.
    override_reason: Option<String>,
}

impl From<CommitteeUpdateInput> for Changes {
    fn from(input: CommitteeUpdateInput) -> Self {
        Self {
            title: input.title,
            theme: told(input.theme),
            aims: input.aims,
            agenda: input.agenda,
            duration_minutes: input.duration_minutes,
            mode: input.mode,
            place: told(input.place),
            link: told(input.link),
            results_analysed: input.results_analysed,
            ideas_gathered: input.ideas_gathered,
            override_reason: input.override_reason,
        }
    }
}

/// A field that may be left as it is (`None`), emptied (`Some(None)`) or written.
fn told(field: MaybeUndefined<String>) -> Option<Option<String>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(text) => Some(Some(text)),
    }
}

/// A committee to move.
#[derive(InputObject)]
pub struct CommitteeMoveInput {
    /// Global id of the committee.
    pub(in super::super) id: ID,
    /// New start, in the future.
    #[graphql(validator(custom = "crate::foundation::day::plausible"))]
    pub(in super::super) starts_at: DateTime<Utc>,
}

/// A committee to cancel.
#[derive(InputObject)]
pub struct CommitteeCancelInput {
    /// Global id of the committee.
    pub(in super::super) id: ID,
    /// Why, in words that everybody invited will read.
    pub(in super::super) reason: String,
}
