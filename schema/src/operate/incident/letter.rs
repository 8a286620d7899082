//! The alert about an incident.

use serde_json::json;

use super::model::News;
use super::{rules, service};
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, french_day, time_in_paris};
use crate::foundation::error::Result;
use crate::operate::email::{Letter, MailKind};
use crate::reference::account;

/// The letter that tells one operator that an incident began, that there is much more of it, or that it is over; `None`
/// when either is not there any more.
///
/// # Errors
/// Internal only.
pub async fn alert(app: &App, incident: i64, account: i64, news: News) -> Result<Option<Letter>> {
    let mut conn = app.pool.get().await?;
    let Some(incident) = service::of_alert(&mut conn, incident).await? else { return Ok(None) };
    // It took too long to leave: the letter about its end tells the whole.
    let over = news == News::Over;
    if !over && incident.closed_at.is_some() {
        return Ok(None);
    }
    let Some(operator) = account::service::recipient(&mut conn, account).await? else {
        return Ok(None);
    };
    let when = |at| format!("{}, {}", french_day(day_in_paris(at)), time_in_paris(at));
    let (grown, figure) = match news {
        News::Grew(growth) => (true, growth.figure),
        News::Began | News::Over => (false, incident.figure),
    };
    let sentence = rules::sentence(incident.kind, &incident.subject, figure);
    Ok(Some(Letter {
        kind: MailKind::OperatorAlert,
        subject: format!("incident:{}", incident.id),
        stage: news.stage(),
        recipient: format!("account:{account}"),
        to_name: operator.display_name.clone(),
        to_address: operator.email,
        mentions: vec![],
        template: "operator_alert",
        values: json!({
            "name": operator.display_name,
            "over": over,
            "grown": grown,
            "may_grow": rules::may_grow(incident.kind),
            "sentence": sentence,
            "opened": when(incident.opened_at),
            "closed": incident.closed_at.map(when),
            "lasted": incident.closed_at.map(|end| rules::lasting((end - incident.opened_at).num_seconds())),
            "link": format!("{}/operations", app.settings.public_url),
        }),
        invite: None,
        attachment: None,
    }))
}
