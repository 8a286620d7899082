//! The page behind a one-time link: it shows the event and two buttons. Opening it changes nothing, because
//! mail scanners open links; only the button answers. No script, so it works everywhere.

use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use schema::foundation::calendar::{day_in_paris, french_day, time_in_paris};
use schema::foundation::error::{Error, Result};
use schema::foundation::secret::Secret;
use schema::prioritise::committee::model::{CommitteeMode, ParticipantResponse};
use schema::prioritise::committee::service::{self, Answer, Door as Behind, Reply};
use serde::Deserialize;

use crate::authentication;
use crate::page::{Sent, escape, failed, render, unread};
use crate::routes::Door;

/// Longest token looked up, in bytes; ours have 43.
const TOKEN_BYTES: usize = 64;

/// What the buttons send.
#[derive(Deserialize)]
struct Chosen {
    answer: String,
}

/// Shows what is behind a link.
#[handler]
pub(crate) async fn show(
    Data(door): Data<&Door>,
    Path(token): Path<Secret>,
    request: &Request,
) -> Response {
    let found = match token.len() {
        ..=TOKEN_BYTES => service::look(&door.app, &token).await,
        _ => Ok(None),
    };
    answer(found, false, request)
}

/// Takes the answer of a link.
#[handler]
pub(crate) async fn take(
    Data(door): Data<&Door>,
    Path(token): Path<Secret>,
    request: &Request,
    chosen: poem::Result<Sent<Chosen>>,
) -> Response {
    let caller = authentication::anonymous(door, request);
    let status = chosen.as_ref().err().map_or(StatusCode::BAD_REQUEST, unread);
    // Only what a button sends is an answer: anything else may come from a program.
    let Some(chosen) = chosen.ok().and_then(|Sent(chosen)| chosen.answer.parse().ok()) else {
        let text = "<p>Ouvrez à nouveau le lien de votre message et appuyez sur l'un des deux boutons.</p>";
        return render(status, "Rien n'a été enregistré", text);
    };
    let taken = match token.len() {
        ..=TOKEN_BYTES => service::respond(&door.app, &caller, &token, Some(chosen)).await,
        _ => Ok(None),
    };
    answer(taken, true, request)
}

fn answer(found: Result<Option<Reply>>, taken: bool, request: &Request) -> Response {
    match found {
        Ok(Some(reply)) => {
            let (title, content) =
                if taken && reply.door == Behind::Open { thanks(&reply) } else { behind(&reply) };
            render(StatusCode::OK, &title, &content)
        }
        Ok(None) => render(
            StatusCode::NOT_FOUND,
            "Lien inconnu",
            "<p>Ce lien n'est pas ou plus valable. Ouvrez celui du dernier message reçu, ou contactez le service qui vous a invité(e).</p>",
        ),
        Err(Error::Refused(refusals)) => {
            let why = refusals.first().map_or("", |refusal| refusal.message.as_str());
            let text = format!("<p>{}</p>", escape(why));
            render(StatusCode::TOO_MANY_REQUESTS, "Rien n'a été enregistré", &text)
        }
        Err(error) => {
            let what = "Votre réponse n'a pas été enregistrée. Réessayez dans un moment.";
            failed(error, request, what)
        }
    }
}

/// The event, and what the link leads to.
fn behind(reply: &Reply) -> (String, String) {
    let event = event(reply);
    match reply.door {
        Behind::Open => {
            let consent = service::wording(reply)
                .map(|words| format!("<p>En répondant oui : « {} »</p>\n", escape(&words)))
                .unwrap_or_default();
            let yes = "<button name=\"answer\" value=\"YES\">Oui, je viens</button>";
            let no = "<button name=\"answer\" value=\"NO\" class=\"second\">Non, je ne viens pas</button>";
            // The answer that the person followed comes first.
            let buttons = match reply.answer {
                Answer::Yes => format!("{yes}\n{no}"),
                Answer::No => format!("{no}\n{yes}"),
            };
            let form = format!("{consent}<form method=\"post\">{buttons}</form>");
            ("Venez-vous ?".to_owned(), format!("{event}\n{form}"))
        }
        Behind::Used => {
            let text = match reply.participant.response {
                ParticipantResponse::Declined => {
                    "Vous avez répondu que vous ne venez pas, et votre place a pu être proposée à quelqu'un d'autre. Si vous pouvez venir tout de même, dites-le au service qui vous a invité(e)."
                }
                _ => "Vous avez répondu que vous venez.",
            };
            ("Ce lien a déjà servi".to_owned(), format!("<p>{text}</p>\n{event}"))
        }
        Behind::Moved => (
            "La date a changé".to_owned(),
            format!(
                "<p>Ce lien ne vaut plus : utilisez ceux du dernier message reçu. La réunion a désormais lieu :</p>\n{event}"
            ),
        ),
        Behind::Cancelled => (
            "La réunion est annulée".to_owned(),
            format!("<p>Elle n'aura pas lieu ; vous n'avez rien à faire.</p>\n{event}"),
        ),
        Behind::Passed => {
            let title = "La réunion a commencé ou est passée".to_owned();
            (title, format!("<p>Ce lien ne sert plus.</p>\n{event}"))
        }
    }
}

fn thanks(reply: &Reply) -> (String, String) {
    let text = match reply.participant.response {
        ParticipantResponse::Confirmed => "Votre venue est confirmée. À bientôt !",
        ParticipantResponse::Accepted => {
            "Votre réponse est enregistrée. Trois jours avant, nous vous demanderons de confirmer."
        }
        _ => "Votre réponse est enregistrée : vous ne venez pas. Merci de nous avoir prévenus.",
    };
    ("Merci".to_owned(), format!("<p role=\"status\">{text}</p>\n{}", event(reply)))
}

fn event(reply: &Reply) -> String {
    let committee = &reply.committee;
    let mut lines = vec![
        ("Réunion", format!("{} ({})", committee.title, committee.kind.label())),
        (
            "Quand",
            format!(
                "le {}, de {} à {} (heure de Paris)",
                french_day(day_in_paris(committee.starts_at)),
                time_in_paris(committee.starts_at),
                time_in_paris(committee.ends_at())
            ),
        ),
    ];
    if let Some(place) = committee.place.clone().filter(|_| committee.mode != CommitteeMode::Remote)
    {
        lines.push(("Où", place));
    }
    if committee.mode != CommitteeMode::OnSite {
        lines.push(("En ligne", "le lien est dans votre message".to_owned()));
    }
    lines.push(("Organisée par", reply.structure.clone()));
    let rows: String = lines
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>\n", escape(value)))
        .collect();
    format!("<dl>\n{rows}</dl>")
}
