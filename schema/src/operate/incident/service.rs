//! Looking at how the product runs, and telling operators.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel_async::AsyncConnection;
use serde_json::json;

use super::model::{Incident, IncidentKind, News, Trouble, Watch};
use super::{rules, store};
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::policy::{Action, Role, Scope};
use crate::operate::job::model::QueueFigures;
use crate::operate::job::{self, JobKind, NewJob, Queue};
use crate::operate::{email, schedule};
use crate::reference::account;

/// What a look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Incidents that began.
    pub opened: usize,
    /// Incidents of which there is much more than operators knew.
    pub grown: usize,
    /// Incidents that are over.
    pub closed: usize,
}

/// Looks at queues, schedules, dead jobs and e-mail, when nobody did for half a minute; opens and closes
/// incidents, and leaves one alert per operator for each, and for each growth. Any number of workers may call it at once.
/// It is no job: a queue that stands still must not keep its own alert.
///
/// # Errors
/// When PostgreSQL refuses; the next look finds the same.
pub async fn watch(app: &App) -> Result<Option<Look>> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        let Some(before) = store::take_turn(conn, now, rules::LOOK_EVERY).await? else {
            return Ok(None);
        };
        let steady_since = rules::steady_since(before, now);
        store::watched(conn, Watch { watched_at: now, steady_since }).await?;
        let queues = job::service::figures(conn, now).await?;
        let is_paused = |queue: Queue| {
            queues.iter().any(|figures| figures.queue == queue && figures.pause.is_some())
        };
        let troubles = troubles(app, conn, &queues, is_paused, now).await?;
        let open = store::open(conn).await?;
        let mut look = Look::default();
        for trouble in &troubles {
            match open.iter().find(|incident| is_of(incident, trouble)) {
                Some(known) => {
                    let (sight, growth) = rules::seen_again(known, trouble.figure, now);
                    store::see(conn, known.id, &sight).await?;
                    if let Some(growth) = growth {
                        tell(conn, now, known.id, News::Grew(growth)).await?;
                        look.grown += 1;
                    }
                }
                None => {
                    let id = store::begin(conn, trouble, now).await?;
                    tell(conn, now, id, News::Began).await?;
                    look.opened += 1;
                }
            }
        }
        for incident in &open {
            if troubles.iter().any(|trouble| is_of(incident, trouble)) {
                continue;
            }
            if rules::is_hidden(incident, is_paused) {
                store::see(conn, incident.id, &rules::hidden(incident, now)).await?;
                continue;
            }
            store::see(conn, incident.id, &rules::not_seen(incident)).await?;
            if rules::is_over(incident.seen_at, steady_since, now) {
                store::close(conn, incident.id, now).await?;
                tell(conn, now, incident.id, News::Over).await?;
                look.closed += 1;
            }
        }
        Ok(Some(look))
    })
    .await
}

fn is_of(incident: &Incident, trouble: &Trouble) -> bool {
    (incident.kind, &incident.subject) == (trouble.kind, &trouble.subject)
}

async fn troubles(
    app: &App,
    conn: &mut Conn,
    queues: &[QueueFigures],
    is_paused: impl Fn(Queue) -> bool,
    now: DateTime<Utc>,
) -> Result<Vec<Trouble>> {
    let settings = &app.settings;
    let mut found: Vec<Trouble> =
        queues.iter().filter_map(|queue| rules::late(queue, settings, now)).collect();
    let standings = schedule::service::all(conn, now).await?;
    let waited_for =
        standings.iter().filter(|one| !is_paused(job::rules::terms(one.schedule.kind).queue));
    found.extend(waited_for.filter_map(|one| rules::missed(one, settings, now)));
    let dead = job::service::dead_by_kind(conn).await?;
    found.extend(dead.into_iter().filter_map(|(kind, jobs)| rules::dead(kind, jobs)));
    let failures = email::service::failing_since(conn, now - rules::MAIL_OVER).await?;
    found.extend(rules::mail(failures, settings));
    Ok(found)
}

/// Leaves one alert for each operator.
async fn tell(conn: &mut Conn, now: DateTime<Utc>, incident: i64, news: News) -> Result<()> {
    let operators: HashSet<i64> = account::service::holders(conn, Role::Operator)
        .await?
        .into_iter()
        .map(|operator| operator.account_id)
        .collect();
    let growth = if let News::Grew(growth) = news { Some(growth) } else { None };
    let (over, stage) = (news == News::Over, news.stage());
    let alert = |account| {
        let payload = match growth {
            None => json!({ "incident": incident, "account": account, "over": over }),
            // Without « over », so that a worker of the version before, which would call it a beginning and find that
            // told already, gives it up for all to see.
            Some(growth) => json!({ "incident": incident, "account": account, "growth": growth }),
        };
        NewJob::new(JobKind::AlertOperators, payload)
            .unique(format!("operator-alert:{incident}:{account}:{stage}"))
    };
    let alerts: Vec<NewJob> = operators.into_iter().map(alert).collect();
    job::enqueue_many(conn, now, alerts).await?;
    Ok(())
}

/// An incident, for the alert about it. Nobody is asked for rights: a worker acts for the programme.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn of_alert(conn: &mut Conn, id: i64) -> QueryResult<Option<Incident>> {
    Ok(store::by_ids(conn, &[id]).await?.pop())
}

/// What is open, without asking who asks: for metrics.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn open_kinds(conn: &mut Conn) -> QueryResult<Vec<IncidentKind>> {
    Ok(store::open(conn).await?.into_iter().map(|incident| incident.kind).collect())
}

/// One page of incidents, newest first, for whoever shows a scope of [`Action::ReadOperations`]; `open` takes those that
/// go on, or those that are over.
///
/// # Errors
/// `Forbidden` for another scope.
pub async fn page(
    app: &App,
    scope: &Scope,
    open: Option<bool>,
    page: &Page,
) -> Result<Slice<Incident>> {
    scope.of(Action::ReadOperations)?;
    Ok(Slice::cut(page, store::page(&mut *app.pool.get().await?, open, page).await?))
}

/// How many incidents there are, as [`page`].
///
/// # Errors
/// As [`page`].
pub async fn count(app: &App, scope: &Scope, open: Option<bool>) -> Result<i64> {
    scope.of(Action::ReadOperations)?;
    Ok(store::total(&mut *app.pool.get().await?, open).await?)
}

/// Those of these incidents that exist.
///
/// # Errors
/// `Unauthenticated`, `Forbidden`.
pub async fn by_ids(app: &App, caller: &Caller, ids: &[i64]) -> Result<Vec<Incident>> {
    caller.actor.scope(Action::ReadOperations)?;
    Ok(store::by_ids(&mut *app.pool.get().await?, ids).await?)
}
