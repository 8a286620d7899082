//! Once a day: who has something to hear about written requests.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::{mention, recipient};
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, next_opening};
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::measure::written_request::rules::{Ladder, Stage};
use crate::measure::written_request::store::{self, Told};
use crate::operate::email;
use crate::operate::job::{self, JobKind, NewJob};

/// Requests looked at in one step.
const BATCH: i64 = 5000;
/// Managers that one run finds at most (ours); the next run goes on with the others.
const MANAGERS_PER_RUN: usize = 10_000;

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SweepReport {
    /// The day (Europe/Paris) on which the digests leave.
    pub day: NaiveDate,
    /// Open requests with a stage on that day, told or not.
    pub due: usize,
    /// Managers with something to hear.
    pub managers: usize,
    /// Digests enqueued; the others of that day were enqueued before.
    pub enqueued: usize,
    /// Whether the cap of one run left managers to the next.
    pub capped: bool,
}

/// What a sweep would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SweepPreview {
    /// The day (Europe/Paris) on which the digests would leave.
    pub day: NaiveDate,
    /// Open requests with a stage on that day, told or not.
    pub due: usize,
    /// The managers, by account.
    pub managers: Vec<DueManager>,
    /// Whether the cap of one run would leave managers to the next.
    pub capped: bool,
}

/// A manager with something to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DueManager {
    /// The account.
    pub account_id: i64,
    /// Requests whose limit comes near.
    pub approaching: usize,
    /// Requests past their limit.
    pub overdue: usize,
}

/// Enqueues one digest per manager who has something to hear on the day of `planned`: on the next
/// working day when e-mails keep quiet hours. The same day twice enqueues nothing more.
///
/// # Errors
/// Internal only.
pub async fn sweep(app: &App, planned: DateTime<Utc>) -> Result<SweepReport> {
    let leaves_at = departure(app, planned);
    let found = preview(app, planned).await?;
    let day = found.day;
    let jobs: Vec<NewJob> = found
        .managers
        .iter()
        .map(|manager| {
            let account = manager.account_id;
            NewJob::new(JobKind::DigestWrittenRequests, json!({ "account": account, "day": day }))
                .unique(format!("written-request-digest:{account}:{day}"))
                .at(leaves_at)
        })
        .collect();
    let managers = jobs.len();
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let enqueued: usize =
        conn.transaction(async |conn| job::enqueue_many(conn, now, jobs).await).await?;
    Ok(SweepReport { day, due: found.due, managers, enqueued, capped: found.capped })
}

/// Lists what [`sweep`] would do, and changes nothing.
///
/// # Errors
/// Internal only.
pub async fn preview(app: &App, planned: DateTime<Utc>) -> Result<SweepPreview> {
    let day = day_in_paris(departure(app, planned));
    let ladder = Ladder::of(&app.settings);
    let mut conn = app.pool.get().await?;
    let mut managers: BTreeMap<i64, DueManager> = BTreeMap::new();
    let (mut due, mut capped, mut after) = (0, false, None);
    loop {
        let pairs = store::recipients(
            &mut conn,
            ladder.horizon(day),
            ladder.escalated_until(day),
            after,
            BATCH,
        )
        .await?;
        let Some(last) = pairs.last() else { break };
        after = Some((last.due_on, last.id));
        due += pairs.iter().map(|pair| pair.id).collect::<HashSet<_>>().len();
        for (account_id, stage) in untold(&mut conn, &ladder, day, &pairs).await? {
            if managers.len() == MANAGERS_PER_RUN && !managers.contains_key(&account_id) {
                capped = true;
                continue;
            }
            let manager = managers
                .entry(account_id)
                .or_insert(DueManager { account_id, ..Default::default() });
            match stage {
                Stage::BeforeLimit => manager.approaching += 1,
                Stage::Overdue(_) => manager.overdue += 1,
            }
        }
    }
    Ok(SweepPreview { day, due, managers: managers.into_values().collect(), capped })
}

/// When the digests of a planned sweep leave. A sweep that was missed says what is true now.
fn departure(app: &App, planned: DateTime<Utc>) -> DateTime<Utc> {
    let at = planned.max(app.clock.now());
    if app.settings.quiet_hours { next_opening(at) } else { at }
}

/// The pairs that nobody was told about at their present stage, as (account, stage).
async fn untold(
    conn: &mut Conn,
    ladder: &Ladder,
    day: NaiveDate,
    pairs: &[Told],
) -> Result<Vec<(i64, Stage)>> {
    let mut by_stage: HashMap<Stage, Vec<(i64, &Told)>> = HashMap::new();
    for pair in pairs {
        if let (Some(account), Some(stage)) = (pair.account_id, ladder.stage(day, pair.due_on)) {
            by_stage.entry(stage).or_default().push((account, pair));
        }
    }
    let mut untold = Vec::new();
    for (stage, pairs) in by_stage {
        let subjects: HashSet<String> =
            pairs.iter().map(|(_, pair)| super::reference(pair.id)).collect();
        let subjects: Vec<String> = subjects.into_iter().collect();
        let told: HashSet<(String, email::Mention)> =
            email::service::told(conn, &stage.name(), &subjects)
                .await?
                .into_iter()
                .map(|told| (told.recipient, told.mention))
                .collect();
        untold.extend(
            pairs
                .into_iter()
                .filter(|(account, pair)| {
                    !told.contains(&(recipient(*account), mention(pair.id, stage, pair.due_on)))
                })
                .map(|(account, _)| (account, stage)),
        );
    }
    Ok(untold)
}
