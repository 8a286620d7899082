//! The alert about an incident.

use serde_json::json;

use super::{rules, service};
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, french_day, time_in_paris};
use crate::foundation::error::Result;
use crate::operate::email::{Letter, MailKind};
use crate::reference::account;

/// The letter that tells one operator that an incident began, or is over; `None` when either is not there any more.
///
/// # Errors
/// Internal only.
pub async fn alert(app: &App, incident: i64, account: i64, over: bool) -> Result<Option<Letter>> {
    let mut conn = app.pool.get().await?;
    let Some(incident) = service::of_alert(&mut conn, incident).await? else { return Ok(None) };
    // It took too long to leave: the letter about its end tells the whole.
    if !over && incident.closed_at.is_some() {
        return Ok(None);
    }
    let Some(operator) = account::service::recipient(&mut conn, account).await? else {
        return Ok(None);
    };
    let when = |at| format!("{}, {}", french_day(day_in_paris(at)), time_in_paris(at));
    let sentence = rules::sentence(incident.kind, &incident.subject, incident.figure);
    Ok(Some(Letter {
        kind: MailKind::OperatorAlert,
        subject: format!("incident:{}", incident.id),
        stage: if over { "OVER" } else { "BEGAN" }.to_owned(),
        recipient: format!("account:{account}"),
        to_name: operator.display_name.clone(),
        to_address: operator.email,
        mentions: vec![],
        template: "operator_alert",
        values: json!({
            "name": operator.display_name,
            "over": over,
            "sentence": sentence,
            "opened": when(incident.opened_at),
            "closed": incident.closed_at.map(when),
            "lasted": incident.closed_at.map(|end| rules::lasting((end - incident.opened_at).num_seconds())),
            "link": format!("{}/operations", app.settings.public_url.trim_end_matches('/')),
        }),
        invite: None,
        attachment: None,
    }))
}
