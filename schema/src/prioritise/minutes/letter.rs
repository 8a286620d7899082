//! The letter that shares a synthesis.

use serde_json::json;

use super::model::Audience;
use super::service::Reader;
use super::store;
use crate::foundation::app::App;
use crate::foundation::calendar::{day_in_paris, french_day};
use crate::foundation::error::Result;
use crate::operate::email::{Attachment, Letter, MailKind};
use crate::prioritise::committee;
use crate::reference::{account, structure};

/// The synthesis of a committee for one reader, with the document to print; `None` when either is gone.
///
/// # Errors
/// Internal only.
pub async fn prepare(app: &App, committee_id: i64, reader: Reader) -> Result<Option<Letter>> {
    let mut conn = app.pool.get().await?;
    let Some(committee) = committee::service::find(&mut conn, committee_id).await? else {
        return Ok(None);
    };
    let document = store::document(&mut conn, committee_id, Audience::Participants).await?;
    let Some(document) = document else { return Ok(None) };
    let to = match reader {
        Reader::Participant(id) => {
            let people = committee::service::people_of(&mut conn, committee_id).await?;
            let found = people.into_iter().find(|person| person.id == id);
            found.map(|p| (format!("committee-participant:{id}"), p.name, p.email))
        }
        Reader::Account(id) => account::service::recipient(&mut conn, id)
            .await?
            .map(|found| (format!("account:{id}"), found.display_name, found.email)),
    };
    let Some((recipient, to_name, to_address)) = to else { return Ok(None) };
    let structure = structure::service::find(&mut conn, committee.structure_id).await?;
    let url = &app.settings.public_url;
    Ok(Some(Letter {
        kind: MailKind::CommitteeSynthesis,
        subject: format!("committee:{committee_id}"),
        stage: "SYNTHESIS".to_owned(),
        recipient,
        to_name: to_name.clone(),
        to_address,
        mentions: vec![],
        template: "committee_synthesis",
        values: json!({
            "name": to_name,
            "kind": committee.kind.label(),
            "title": committee.title,
            "structure": structure.map(|structure| structure.name),
            "day": french_day(day_in_paris(committee.starts_at)),
            "took_part": matches!(reader, Reader::Participant(_)),
            "decided": !store::load(&mut conn, &[committee_id]).await?.outcomes.is_empty(),
            "synthesis": document.html,
            "public": format!("{url}/comites/{committee_id}"),
        }),
        invite: None,
        attachment: Some(Attachment {
            name: format!("synthese-comite-{committee_id}.pdf"),
            media: "application/pdf",
            bytes: document.pdf,
        }),
    }))
}
