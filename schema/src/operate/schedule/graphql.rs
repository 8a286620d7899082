//! Schedules in the API.

use async_graphql::{Context, Description, Json, Object, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::model::{MissedTicks, Standing};
use super::{preview, service};
use crate::foundation::policy::{Action, Scope};
use crate::graphql::context::{answer, app, scope};
use crate::operate::job::JobKind;
use crate::operate::job::graphql::Job;

/// Something the programme does again and again.
#[derive(Description)]
pub struct JobSchedule {
    standing: Standing,
    scope: Scope,
}

#[Object(use_type_description)]
impl JobSchedule {
    /// Its name.
    async fn name(&self) -> &str {
        self.standing.schedule.name
    }
    /// The kind of job that each tick enqueues.
    async fn kind(&self) -> JobKind {
        self.standing.schedule.kind
    }
    /// When it ticks, as a cron pattern (minute, hour, day, month, day of the week) in `timeZone`.
    async fn cron(&self) -> &str {
        self.standing.schedule.cron
    }
    /// The time zone of the pattern.
    async fn time_zone(&self) -> &str {
        "Europe/Paris"
    }
    /// What happens to ticks that came while every worker was down.
    async fn missed_ticks(&self) -> MissedTicks {
        self.standing.schedule.missed
    }
    /// The last tick that became a job (UTC); null before one did, and once the job is forgotten.
    async fn last_planned_at(&self) -> Option<DateTime<Utc>> {
        self.standing.last
    }
    /// The job of the last tick: when it ran, how long, its error and its report; null before any tick, or once the
    /// job is forgotten.
    async fn last_run(&self) -> Option<Job> {
        self.standing.last_run.clone().map(Job::from)
    }
    /// A dry run: what the sweep would do at this moment, as counts and ids. Nothing is changed.
    async fn preview(&self, ctx: &Context<'_>) -> Result<Json<Value>> {
        let found = preview::preview(app(ctx), &self.scope, self.standing.schedule.name).await;
        found.map(Json).map_err(|e| answer(ctx, e))
    }
    /// The next tick (UTC).
    async fn next_planned_at(&self) -> Option<DateTime<Utc>> {
        self.standing.next
    }
}

/// Schedule queries, for operators.
#[derive(Default)]
pub struct ScheduleQuery;

#[Object]
impl ScheduleQuery {
    /// What the programme does again and again, and where each stands. For operators.
    async fn job_schedules(&self, ctx: &Context<'_>) -> Result<Vec<JobSchedule>> {
        let scope = scope(ctx, Action::ReadOperations)?;
        let all = service::standings(app(ctx), &scope).await.map_err(|e| answer(ctx, e))?;
        let schedule = |standing| JobSchedule { standing, scope: scope.clone() };
        Ok(all.into_iter().map(schedule).collect())
    }
}
