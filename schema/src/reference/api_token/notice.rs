//! Once a day: whose tokens will expire.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncConnection;
use serde::Serialize;
use serde_json::json;

use super::model::NoticeStage;
use super::rules::Departure;
use super::store;
use crate::foundation::app::App;
use crate::foundation::error::Result;
use crate::operate::job::{self, JobKind, NewJob};

/// Tokens that one run looks at, at most (ours): those that expire soonest.
const TOKENS_PER_RUN: i64 = 10_000;

/// A notice that is due and was not left yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DueNotice {
    /// The token.
    pub token: i64,
    /// By the time left.
    pub stage: NoticeStage,
}

/// What a sweep finds to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// When the notices leave.
    pub departure: Departure,
    /// One for each token that has one due.
    pub notices: Vec<DueNotice>,
    /// Whether there are more tokens than one run looks at.
    pub capped: bool,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SweepReport {
    /// The day (Europe/Paris) on which the notices leave.
    pub day: NaiveDate,
    /// Notices that were left.
    pub enqueued: usize,
    /// Whether there were more tokens than one run looks at.
    pub capped: bool,
}

/// Leaves one notice for each token that is a month, a week or a day from its end. The same stage twice leaves
/// nothing more.
///
/// # Errors
/// Internal only.
pub async fn sweep(app: &App, planned: DateTime<Utc>) -> Result<SweepReport> {
    let now = app.clock.now();
    let found = preview(app, planned).await?;
    let jobs: Vec<NewJob> = found
        .notices
        .iter()
        .map(|notice| {
            NewJob::new(JobKind::WriteApiTokenNotice, json!(notice))
                .unique(key(*notice))
                .at(found.departure.at)
        })
        .collect();
    let mut conn = app.pool.get().await?;
    let enqueued: usize =
        conn.transaction(async |conn| job::enqueue_many(conn, now, jobs).await).await?;
    Ok(SweepReport { day: found.departure.day, enqueued, capped: found.capped })
}

/// Lists what [`sweep`] would do, and changes nothing. A sweep that was missed says what is true now.
///
/// # Errors
/// Internal only.
pub async fn preview(app: &App, planned: DateTime<Utc>) -> Result<Found> {
    let now = app.clock.now();
    let departure = Departure::of(planned.max(now), app.settings.quiet_hours);
    let mut conn = app.pool.get().await?;
    let tokens = store::expiring(&mut conn, now, departure.horizon(), TOKENS_PER_RUN).await?;
    let capped = i64::try_from(tokens.len()).unwrap_or(i64::MAX) >= TOKENS_PER_RUN;
    let mut notices: Vec<DueNotice> = tokens
        .iter()
        .filter_map(|token| Some(DueNotice { token: token.id, stage: departure.notice(token)? }))
        .collect();
    let keys: Vec<String> = notices.iter().map(|notice| key(*notice)).collect();
    let left: HashSet<String> = job::service::by_keys(&mut conn, &keys)
        .await?
        .into_iter()
        .filter_map(|job| job.unique_key)
        .collect();
    notices.retain(|notice| !left.contains(&key(*notice)));
    Ok(Found { departure, notices, capped })
}

fn key(notice: DueNotice) -> String {
    format!("api-token-notice:{}:{}", notice.token, notice.stage)
}
