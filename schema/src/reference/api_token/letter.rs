//! The notice that a token will expire.

use serde_json::json;

use super::model::NoticeStage;
use super::rules::{self, Departure};
use super::service;
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, french_day};
use crate::foundation::error::Result;
use crate::operate::email::{Letter, MailKind};
use crate::reference::{account, structure};

/// The letter that tells the owner of a token that it will expire; `None` when there is nothing to say any more: it was
/// renewed or revoked, it does not work, or a more urgent notice is due.
///
/// # Errors
/// Internal only.
pub async fn notice(app: &App, token: i64, stage: NoticeStage) -> Result<Option<Letter>> {
    let now = app.clock.now();
    let departure = Departure::of(now, app.settings.quiet_hours);
    let mut conn = app.pool.get().await?;
    let Some((token, renewed)) = service::of_notice(&mut conn, token, now).await? else {
        return Ok(None);
    };
    if departure.notice(&token) != Some(stage) {
        return Ok(None);
    }
    let Some(owner) = account::service::recipient(&mut conn, token.account_id).await? else {
        return Ok(None);
    };
    let place = structure::service::find(&mut conn, token.structure_id).await?;
    let last = rules::last_day(token.expires_at);
    Ok(Some(Letter {
        kind: MailKind::ApiTokenExpiry,
        subject: format!("api-token:{}", token.id),
        stage: stage.to_string(),
        recipient: format!("account:{}", owner.account_id),
        to_name: owner.display_name.clone(),
        to_address: owner.email,
        mentions: vec![],
        template: "api_token_expiry",
        values: json!({
            "name": owner.display_name,
            "token": token.name,
            "shown": rules::shown(&token.prefix),
            "access": token.access.label(),
            "structure": place.map(|place| place.name),
            "last_day": french_day(last),
            "days_left": (last - departure.day).num_days(),
            "last_used": token.last_used_at.map(|at| french_day(day_in_paris(at))),
            "renewed_by_another": renewed,
            "overlap_days": rules::OVERLAP.num_days(),
            "url": app.settings.public_url,
        }),
        invite: None,
        attachment: None,
    }))
}
