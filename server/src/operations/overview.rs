//! Everything at a glance: incidents, queues, schedules, messages by outcome.

use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use schema::foundation::error::{Error, Result};
use schema::foundation::page::Page;
use schema::operate::incident::{self, rules::lasting, rules::sentence};
use schema::operate::job::{self, Queue, model::QueueFigures};
use schema::operate::{email, schedule};
use serde::Deserialize;

use super::html::{facts, form, instant, link, page, see, table};
use super::session::{Operator, Sealed};
use crate::page::escape;
use crate::routes::Door;

/// Shows the whole.
#[handler]
pub(super) async fn show(
    Data(door): Data<&Door>,
    operator: Operator,
    request: &Request,
) -> Response {
    match content(door, &operator).await {
        Ok(content) => page(&operator, "Exploitation", &content),
        Err(error) => super::html::failed(error, request),
    }
}

async fn content(door: &Door, operator: &Operator) -> Result<String> {
    let (app, scope) = (&door.app, &operator.scope);
    let now = app.clock.now();
    let seen = facts(&[("Vu à", format!("{} (heure de Paris)", instant(Some(now))))]);

    let found = incident::service::page(app, scope, None, &Page::of(10)).await?;
    let incidents: Vec<Vec<String>> = found
        .rows
        .iter()
        .map(|row| {
            let state =
                if row.closed_at.is_none() { "<strong>en cours</strong>" } else { "terminé" };
            let words = escape(&sentence(row.kind, &row.subject, row.figure));
            vec![words, state.to_owned(), instant(Some(row.opened_at)), instant(row.closed_at)]
        })
        .collect();
    let incidents =
        table("Incidents, les dix derniers", &["Incident", "État", "Début", "Fin"], &incidents);

    let queues = job::service::queues(app, scope).await?;
    let rows: Vec<Vec<String>> =
        queues.iter().map(|queue| of_queue(operator, queue, now)).collect();
    let heads = [
        "File",
        "En attente",
        "En cours",
        "Planifiées",
        "Échouées",
        "Plus ancienne attente",
        "Réussies en une heure",
        "Conduite",
    ];
    let queues = table("Files", &heads, &rows);

    let rows: Vec<Vec<String>> = schedule::service::standings(app, scope)
        .await?
        .iter()
        .map(|standing| {
            let name = standing.schedule.name;
            let run = standing.last_run.as_ref();
            let job = run.map_or_else(
                || "–".to_owned(),
                |job| link(&format!("/operations/jobs/{}", job.id), job.state.as_str()),
            );
            let took = run.and_then(|job| job.took());
            vec![
                link(&format!("/operations/schedules/{name}"), name),
                escape(standing.schedule.cron),
                instant(standing.last),
                job,
                took.map_or_else(
                    || "–".to_owned(),
                    |took| format!("{} ms", took.num_milliseconds()),
                ),
                instant(standing.next),
            ]
        })
        .collect();
    let heads = [
        "Planification",
        "Rythme (cron, Paris)",
        "Dernière échéance",
        "Exécution",
        "Durée",
        "Prochaine échéance",
    ];
    let schedules = table("Planifications", &heads, &rows);

    let rows: Vec<Vec<String>> = email::service::totals(app, scope)
        .await?
        .iter()
        .map(|(kind, status, mails)| {
            let path = format!("/operations/mails?kind={kind}&status={status}");
            vec![escape(kind.as_str()), link(&path, status.as_str()), mails.to_string()]
        })
        .collect();
    let over = email::rules::TOTALS_OVER.num_days();
    let caption =
        format!("Messages en route ou incertains, et terminés dans les {over} derniers jours");
    let mails = table(&caption, &["Sorte", "État", "Nombre"], &rows);
    Ok(format!("{seen}{incidents}{queues}{schedules}{mails}"))
}

fn of_queue(
    operator: &Operator,
    figures: &QueueFigures,
    now: chrono::DateTime<chrono::Utc>,
) -> Vec<String> {
    let name = figures.queue.as_str();
    let action = format!("/operations/queues/{name}");
    let lever = match &figures.pause {
        Some(pause) => format!(
            "En pause depuis le {} par {} : « {} » {}",
            instant(Some(pause.paused_at)),
            escape(&pause.actor),
            escape(&pause.reason),
            form(operator, &action, "", &[("resume", &format!("Reprendre {name}"), "")])
        ),
        None => {
            let field = format!(
                "<label for=\"reason-{name}\">Motif d'une pause de {name}</label>\
                 <input id=\"reason-{name}\" name=\"reason\" maxlength=\"500\" required>"
            );
            form(
                operator,
                &action,
                &field,
                &[("pause", &format!("Mettre {name} en pause"), "second")],
            )
        }
    };
    let of = |state: &str, jobs: i64| {
        link(&format!("/operations/jobs?queue={name}&state={state}"), &jobs.to_string())
    };
    vec![
        match figures.pause {
            Some(_) => format!("{}<br><strong>en pause</strong>", escape(name)),
            None => escape(name),
        },
        // Waiting and scheduled jobs are of one state: no list holds only one of the two.
        figures.waiting.to_string(),
        of("RUNNING", figures.running),
        figures.scheduled.to_string(),
        of("DEAD", figures.dead),
        figures
            .oldest_due
            .map_or_else(|| "–".to_owned(), |since| lasting((now - since).num_seconds())),
        figures.done_last_hour.to_string(),
        lever,
    ]
}

/// What the buttons of a queue send.
#[derive(Deserialize)]
pub(super) struct Lever {
    action: String,
    reason: Option<String>,
}

/// Pauses or resumes a queue.
#[handler]
pub(super) async fn switch(
    Data(door): Data<&Door>,
    Path(queue): Path<String>,
    Sealed { operator, form: lever }: Sealed<Lever>,
    request: &Request,
) -> Response {
    let done = async {
        let queue: Queue = queue.parse().map_err(|_| Error::NotFound)?;
        match lever.action.as_str() {
            "pause" => {
                let reason = lever.reason.unwrap_or_default();
                job::service::pause(&door.app, &operator.caller, queue, &reason).await
            }
            "resume" => job::service::resume(&door.app, &operator.caller, queue).await,
            _ => Err(Error::NotFound),
        }
    };
    match done.await {
        Ok(_) => see("/operations"),
        Err(error) => super::html::failed(error, request),
    }
}
