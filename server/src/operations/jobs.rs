//! Jobs: the list, one with its history, retry and cancel.

use poem::web::{Data, Path, Query};
use poem::{Request, Response, handler};
use schema::foundation::error::{Error, Result};
use schema::foundation::page::{Cursor, Page};
use schema::operate::job::model::{Filter, JobKind};
use schema::operate::job::{Job, JobState, Queue, service};
use serde::Deserialize;

use super::html::{
    asked, choice, counted, facts, failed, form, instant, json, link, page, see, table,
    unknown_filter,
};
use super::session::{Operator, Sealed};
use crate::page::escape;
use crate::routes::Door;

const ORDER: &str = "JOB_ID";
const LENGTH: i32 = 50;

/// What the address of the list says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    queue: String,
    kind: String,
    state: String,
    after: Option<String>,
}

impl Wanted {
    fn filter(&self) -> std::result::Result<Filter, String> {
        Ok(Filter {
            queue: asked(&self.queue)?,
            kind: asked(&self.kind)?,
            state: asked(&self.state)?,
        })
    }
}

/// Lists jobs, newest first.
#[handler]
pub(super) async fn list(
    Data(door): Data<&Door>,
    operator: Operator,
    request: &Request,
    wanted: poem::Result<Query<Wanted>>,
) -> Response {
    let Ok(Query(wanted)) = wanted else { return unknown_filter("/operations/jobs") };
    let Ok(filter) = wanted.filter() else { return unknown_filter("/operations/jobs") };
    match listed(door, &operator, wanted, filter).await {
        Ok(content) => page(&operator, "Tâches", &content),
        Err(error) => failed(error, request),
    }
}

async fn listed(
    door: &Door,
    operator: &Operator,
    wanted: Wanted,
    filter: Filter,
) -> Result<String> {
    let cut = Page::new(ORDER, Some(LENGTH), wanted.after, None, None)?;
    let found = service::page(&door.app, &operator.scope, &filter, &cut).await?;
    let total = service::count(&door.app, &operator.scope, &filter).await?;
    let rows: Vec<Vec<String>> = found
        .rows
        .iter()
        .map(|job| {
            vec![
                link(&format!("/operations/jobs/{}", job.id), &format!("n° {}", job.id)),
                escape(&job.kind),
                escape(job.state.as_str()),
                format!("{} sur {}", job.attempt, job.max_attempts),
                instant(Some(job.run_at)),
                instant(job.finished_at),
                escape(job.error.as_deref().unwrap_or("–")),
            ]
        })
        .collect();
    let heads = ["Tâche", "Sorte", "État", "Essais", "Pas avant", "Fin", "Erreur"];
    let words = |all: &[Queue]| all.iter().map(|queue| queue.as_str()).collect::<Vec<_>>();
    let form = format!(
        "<form method=\"get\">{}{}{}<button>Filtrer</button></form>",
        choice("queue", "File", words(Queue::ALL).into_iter(), &wanted.queue),
        choice("kind", "Sorte", JobKind::ALL.iter().map(|kind| kind.as_str()), &wanted.kind),
        choice("state", "État", JobState::ALL.iter().map(|state| state.as_str()), &wanted.state),
    );
    let next = found.rows.last().filter(|_| found.has_next).map(|last| {
        let after = Cursor::new(ORDER, last.id, last.id).encode();
        let path = format!(
            "/operations/jobs?queue={}&kind={}&state={}&after={after}",
            filter.queue.map_or("", Queue::as_str),
            filter.kind.map_or("", JobKind::as_str),
            filter.state.map_or("", JobState::as_str),
        );
        format!("<p>{}</p>", link(&path, "Tâches plus anciennes"))
    });
    let caption = counted(total, "tâche");
    Ok(format!("{form}{}{}", table(&caption, &heads, &rows), next.unwrap_or_default()))
}

/// Shows one job.
#[handler]
pub(super) async fn show(
    Data(door): Data<&Door>,
    Path(id): Path<String>,
    operator: Operator,
    request: &Request,
) -> Response {
    let found = async {
        let id = id.parse().map_err(|_| Error::NotFound)?;
        service::get(&door.app, &operator.scope, id).await
    };
    match found.await {
        Ok(job) => page(&operator, &format!("Tâche n° {}", job.id), &told(&operator, &job)),
        Err(error) => failed(error, request),
    }
}

fn told(operator: &Operator, job: &Job) -> String {
    let mut known = vec![
        ("Sorte", escape(&job.kind)),
        ("File", escape(&job.queue)),
        ("État", escape(job.state.as_str())),
        ("Essais", format!("{} sur {}", job.attempt, job.max_attempts)),
        ("Déposée", instant(Some(job.created_at))),
        ("Pas avant", instant(Some(job.run_at))),
        ("Dernier départ", instant(job.started_at)),
        ("Fin", instant(job.finished_at)),
        ("Travailleur", escape(job.worker.as_deref().unwrap_or("–"))),
        ("Requête d'origine", escape(job.request_id.as_deref().unwrap_or("–"))),
        ("Clé d'unicité", escape(job.unique_key.as_deref().unwrap_or("–"))),
        ("Erreur", escape(job.error.as_deref().unwrap_or("–"))),
        ("Contenu", json(&job.payload)),
    ];
    if let Some(report) = &job.report {
        known.push(("Compte rendu", json(report)));
    }
    let rows: Vec<Vec<String>> = job
        .events()
        .into_iter()
        .map(|step| {
            vec![
                instant(Some(step.at)),
                escape(step.what.as_str()),
                step.attempt.map_or_else(|| "–".to_owned(), |run| run.to_string()),
                escape(step.worker.or(step.by).as_deref().unwrap_or("–")),
                escape(step.error.as_deref().unwrap_or("–")),
            ]
        })
        .collect();
    let buttons: &[(&str, &str, &str)] = match job.state {
        JobState::Ready | JobState::Running => &[("cancel", "Annuler la tâche", "second")],
        JobState::Dead => &[("retry", "Relancer maintenant", ""), ("cancel", "Classer", "second")],
        JobState::Cancelled => &[("retry", "Relancer maintenant", "")],
        JobState::Done => &[],
    };
    let form = match buttons {
        [] => String::new(),
        buttons => {
            let form = form(operator, &format!("/operations/jobs/{}", job.id), "", buttons);
            format!(
                "{form}<p>Relancer fait partir la tâche tout de suite : l'heure prévue est perdue. Un message incertain n'est pas \
                 renvoyé : <a href=\"/operations/mails?status=UNCERTAIN\">décidez d'abord de son sort</a>.</p>"
            )
        }
    };
    let heads = ["Quand", "Quoi", "Essai", "Par", "Erreur"];
    format!("{form}{}{}", facts(&known), table("Histoire", &heads, &rows))
}

/// What the buttons of a job send.
#[derive(Deserialize)]
struct Lever {
    action: String,
}

/// Retries or cancels a job.
#[handler]
pub(super) async fn act(
    Data(door): Data<&Door>,
    Path(id): Path<String>,
    Sealed { operator, form: lever }: Sealed<Lever>,
    request: &Request,
) -> Response {
    let id = id.parse().ok();
    let done = match lever.action.as_str() {
        "retry" => service::retry(&door.app, &operator.caller, id).await,
        "cancel" => service::cancel(&door.app, &operator.caller, id).await,
        _ => Err(Error::NotFound),
    };
    match done {
        Ok(job) => see(&format!("/operations/jobs/{}", job.id)),
        Err(error) => failed(error, request),
    }
}
