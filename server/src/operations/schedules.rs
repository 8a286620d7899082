//! One schedule: its last run and report, and a dry run.

use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use schema::foundation::error::{Error, Result};
use schema::operate::schedule::{preview, service};

use super::html::{facts, failed, instant, json, link, page};
use super::session::Operator;
use crate::page::escape;
use crate::routes::Door;

/// Shows a schedule.
#[handler]
pub(super) async fn show(
    Data(door): Data<&Door>,
    Path(name): Path<String>,
    operator: Operator,
    request: &Request,
) -> Response {
    match content(door, &operator, &name).await {
        Ok(content) => page(&operator, &format!("Planification {name}"), &content),
        Err(error) => failed(error, request),
    }
}

async fn content(door: &Door, operator: &Operator, name: &str) -> Result<String> {
    let all = service::standings(&door.app, &operator.scope).await?;
    let standing = all.into_iter().find(|one| one.schedule.name == name).ok_or(Error::NotFound)?;
    let would = preview::preview(&door.app, &operator.scope, name).await?;
    let mut known = vec![
        ("Rythme (cron, Paris)", escape(standing.schedule.cron)),
        ("Sorte de tâche", escape(standing.schedule.kind.as_str())),
        ("Dernière échéance", instant(standing.last)),
        ("Prochaine échéance", instant(standing.next)),
    ];
    if let Some(job) = &standing.last_run {
        let words = format!("n° {}, {}", job.id, job.state);
        known.push(("Exécution", link(&format!("/operations/jobs/{}", job.id), &words)));
        if let Some(report) = &job.report {
            known.push(("Dernier compte rendu", json(report)));
        }
    }
    Ok(format!(
        "{}<h2>À blanc</h2>\n<p>Ce que ferait une exécution à cet instant. Rien n'est changé.</p>\n{}",
        facts(&known),
        json(&would)
    ))
}
