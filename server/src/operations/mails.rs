//! Messages by outcome, and the uncertain ones to decide.

use poem::web::{Data, Path, Query};
use poem::{Request, Response, handler};
use schema::foundation::error::{Error, Result};
use schema::foundation::page::{Cursor, Page};
use schema::operate::email::model::{Filter, MailKind, MailStatus};
use schema::operate::email::service;
use serde::Deserialize;

use super::html::{
    asked, choice, counted, failed, form, instant, link, page, see, table, unknown_filter,
};
use super::session::{Operator, Sealed};
use crate::page::escape;
use crate::routes::Door;

const ORDER: &str = "MAIL_ID";
const LENGTH: i32 = 50;

/// What the address of the list says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    kind: String,
    status: String,
    after: Option<String>,
}

impl Wanted {
    fn filter(&self) -> std::result::Result<Filter, String> {
        Ok(Filter { kind: asked(&self.kind)?, status: asked(&self.status)? })
    }
}

/// Lists messages, newest first.
#[handler]
pub(super) async fn list(
    Data(door): Data<&Door>,
    operator: Operator,
    request: &Request,
    wanted: poem::Result<Query<Wanted>>,
) -> Response {
    let Ok(Query(wanted)) = wanted else { return unknown_filter("/operations/mails") };
    let Ok(filter) = wanted.filter() else { return unknown_filter("/operations/mails") };
    match listed(door, &operator, wanted, filter).await {
        Ok(content) => page(&operator, "Messages", &content),
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
        .map(|mail| {
            let lever = match mail.status {
                MailStatus::Uncertain => form(
                    operator,
                    &format!("/operations/mails/{}", mail.id),
                    "",
                    &[
                        ("SEND_AGAIN", &format!("Renvoyer le n° {}", mail.id), ""),
                        ("ARRIVED", &format!("Le n° {} est arrivé", mail.id), "second"),
                    ],
                ),
                _ => "–".to_owned(),
            };
            let job = mail.job_id.map_or_else(
                || "–".to_owned(),
                |id| link(&format!("/operations/jobs/{id}"), &format!("Tâche n° {id}")),
            );
            vec![
                format!("n° {}", mail.id),
                lever,
                job,
                escape(mail.kind.as_str()),
                escape(mail.status.as_str()),
                escape(&mail.subject),
                escape(&mail.recipient),
                instant(mail.sending_at),
                escape(mail.reason.as_deref().unwrap_or("–")),
                escape(&mail.message_id),
            ]
        })
        .collect();
    let heads = [
        "Message",
        "Décision",
        "Tâche",
        "Sorte",
        "État",
        "Sujet",
        "Destinataire",
        "Départ",
        "Motif",
        "Message-ID",
    ];
    let form = format!(
        "<form method=\"get\">{}{}<button>Filtrer</button></form>",
        choice("kind", "Sorte", MailKind::ALL.iter().map(|kind| kind.as_str()), &wanted.kind),
        choice(
            "status",
            "État",
            MailStatus::ALL.iter().map(|status| status.as_str()),
            &wanted.status
        ),
    );
    let next = found.rows.last().filter(|_| found.has_next).map(|last| {
        let after = Cursor::new(ORDER, last.id, last.id).encode();
        let (kind, status) = (
            filter.kind.map_or("", MailKind::as_str),
            filter.status.map_or("", MailStatus::as_str),
        );
        let path = format!("/operations/mails?kind={kind}&status={status}&after={after}");
        format!("<p>{}</p>", link(&path, "Messages plus anciens"))
    });
    let caption = counted(total, "message");
    Ok(format!("{form}{}{}", table(&caption, &heads, &rows), next.unwrap_or_default()))
}

/// What the buttons of a message send.
#[derive(Deserialize)]
struct Decision {
    action: String,
}

/// Settles an uncertain message.
#[handler]
pub(super) async fn decide(
    Data(door): Data<&Door>,
    Path(id): Path<String>,
    Sealed { operator, form }: Sealed<Decision>,
    request: &Request,
) -> Response {
    let done = match form.action.parse() {
        Ok(decision) => {
            service::decide(&door.app, &operator.caller, id.parse().ok(), decision).await
        }
        Err(_) => Err(Error::NotFound),
    };
    match done {
        Ok(mail) => see(&format!("/operations/mails?status={}", mail.status)),
        Err(error) => failed(error, request),
    }
}
