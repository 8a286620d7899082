//! « Votre demande est bien arrivée »: the acknowledgement of receipt, with the delay announced.

use serde_json::json;

use super::reference;
use crate::foundation::app::App;
use crate::foundation::calendar::french_day;
use crate::foundation::error::Result;
use crate::measure::written_request::rules::ANSWER_LIMIT_DAYS;
use crate::measure::written_request::store;
use crate::operate::email::{Letter, MailKind};
use crate::reference::structure;

/// The acknowledgement of a request to its sender, or `None` when there is nothing to say any more: the
/// answer has left, or the address is gone. A limit that has passed is not announced.
///
/// # Errors
/// Internal only.
pub async fn acknowledgement(app: &App, request_id: i64) -> Result<Option<Letter>> {
    let mut conn = app.pool.get().await?;
    let Some(request) = store::find(&mut conn, request_id).await? else { return Ok(None) };
    let (None, Some(to_address)) = (request.answered_on, request.sender_email) else {
        return Ok(None);
    };
    let structure = structure::service::find(&mut conn, request.structure_id).await?;
    let announced = (request.due_on >= app.clock.today()).then(|| french_day(request.due_on));
    let values = json!({
        "name": request.sender_name,
        "reference": request.reference,
        "medium": request.medium.label(),
        "subject": request.subject,
        "structure": structure.as_ref().map(|structure| structure.name.as_str()),
        "structure_email": structure.as_ref().and_then(|structure| structure.email.as_deref()),
        "received_on": french_day(request.received_on),
        "limit_days": ANSWER_LIMIT_DAYS,
        "due_on": announced,
    });
    Ok(Some(Letter {
        kind: MailKind::WrittenRequestAcknowledgement,
        subject: reference(request_id),
        stage: "ACKNOWLEDGED".to_owned(),
        recipient: format!("sender-of:{request_id}"),
        to_name: request.sender_name,
        to_address,
        mentions: vec![],
        template: "written_request_acknowledgement",
        values,
        invite: None,
        attachment: None,
    }))
}
