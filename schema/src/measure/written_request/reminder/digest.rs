//! One e-mail per manager and day, about every request that has reached a stage.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{mention, recipient, reference};
use crate::foundation::app::App;
use crate::foundation::calendar::french_day;
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::id;
use crate::measure::written_request::rules::{ANSWER_LIMIT_DAYS, Ladder, Stage, delay_days};
use crate::measure::written_request::store::{self, DueRequest};
use crate::operate::email;
use crate::operate::email::{Letter, MailKind, Mention};
use crate::reference::account;

/// Requests looked at in one step.
const BATCH: i64 = 5000;
/// Requests that one e-mail lists of each sort (ours); the next day tells the others.
const LISTED: usize = 100;

/// One request to tell.
struct Item {
    request: DueRequest,
    stage: Stage,
}

/// The digest of one manager for a day, or `None` when nothing is left to say: everything was answered,
/// told already, or is no longer theirs.
///
/// A digest that could not leave on its day tells what is true on the day it leaves. One that a late
/// registration caused names that request, which makes it another message than the daily one.
///
/// # Errors
/// Internal only.
pub async fn digest(
    app: &App,
    account_id: i64,
    day: NaiveDate,
    registered: Option<i64>,
) -> Result<Option<Letter>> {
    let today = day.max(app.clock.today());
    let mut conn = app.pool.get().await?;
    let Some(manager) = account::service::recipient(&mut conn, account_id).await? else {
        return Ok(None);
    };
    let items = untold(&mut conn, &Ladder::of(&app.settings), account_id, today).await?;
    let (approaching, overdue): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| item.stage == Stage::BeforeLimit);
    if approaching.is_empty() && overdue.is_empty() {
        return Ok(None);
    }
    let listed = |items: &[Item]| -> Vec<Value> {
        items.iter().take(LISTED).map(|item| line(item, today)).collect()
    };
    let mentions = [&approaching, &overdue]
        .into_iter()
        .flat_map(|items| items.iter().take(LISTED))
        .map(|item| mention(item.request.id, item.stage, item.request.due_on))
        .collect();
    let values = json!({
        "name": manager.display_name,
        "day": french_day(today),
        "limit_days": ANSWER_LIMIT_DAYS,
        "total": approaching.len() + overdue.len(),
        "approaching_total": approaching.len(),
        "overdue_total": overdue.len(),
        "others": approaching.len().saturating_sub(LISTED) + overdue.len().saturating_sub(LISTED),
        "approaching": listed(&approaching),
        "overdue": listed(&overdue),
        "url": app.settings.public_url,
    });
    Ok(Some(Letter {
        kind: MailKind::WrittenRequestDigest,
        subject: recipient(account_id),
        stage: registered.map_or_else(|| day.to_string(), |request| format!("{day}+{request}")),
        recipient: recipient(account_id),
        to_name: manager.display_name,
        to_address: manager.email,
        mentions,
        template: "written_request_digest",
        values,
        invite: None,
        attachment: None,
    }))
}

/// The requests this manager has not heard of at their present stage, soonest limit first.
async fn untold(
    conn: &mut Conn,
    ladder: &Ladder,
    account_id: i64,
    today: NaiveDate,
) -> Result<Vec<Item>> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let rows = store::due_of(
            conn,
            account_id,
            ladder.horizon(today),
            ladder.escalated_until(today),
            after,
            BATCH,
        )
        .await?;
        let Some(last) = rows.last() else { return Ok(items) };
        after = Some((last.due_on, last.id));
        let mut by_stage: HashMap<Stage, Vec<DueRequest>> = HashMap::new();
        for request in rows {
            if let Some(stage) = ladder.stage(today, request.due_on) {
                by_stage.entry(stage).or_default().push(request);
            }
        }
        let mut stages: Vec<Stage> = by_stage.keys().copied().collect();
        stages.sort_by(|a, b| b.cmp(a));
        for stage in stages {
            let requests = by_stage.remove(&stage).unwrap_or_default();
            let subjects: Vec<String> =
                requests.iter().map(|request| reference(request.id)).collect();
            let told: HashSet<Mention> =
                email::service::told_to(conn, &recipient(account_id), &stage.name(), &subjects)
                    .await?;
            items.extend(
                requests
                    .into_iter()
                    .filter(|request| !told.contains(&mention(request.id, stage, request.due_on)))
                    .map(|request| Item { request, stage }),
            );
        }
    }
}

/// What the templates show of one request.
fn line(item: &Item, today: NaiveDate) -> Value {
    let request = &item.request;
    let left = (request.due_on - today).num_days();
    json!({
        "id": id::global("WrittenRequest", request.id),
        "reference": request.reference,
        "medium": request.medium.label(),
        "subject": request.subject,
        "structure": request.structure,
        "received_on": french_day(request.received_on),
        "due_on": french_day(request.due_on),
        "age_days": delay_days(request.received_on, today),
        "days_left": left.max(0),
        "days_late": (-left).max(0),
        "reminder": match item.stage { Stage::BeforeLimit => 0, Stage::Overdue(number) => number },
    })
}
