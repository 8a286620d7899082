//! What came of a committee, as a page and as a file to print: `/comites/12` and `/comites/12.pdf` for
//! everybody, `/comites/12/synthese` and `/comites/12/synthese.pdf` with the rights of a token.

use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use schema::foundation::actor::Caller;
use schema::foundation::error::{Error, Result};
use schema::prioritise::minutes::model::{Audience, Document};
use schema::prioritise::minutes::service;

use crate::page::{failed, render};
use crate::problem::Problem;
use crate::routes::Door;
use crate::{authentication, http};

const JSON: &str = "application/json; charset=utf-8";

/// The summary that everybody may read.
#[handler]
pub(crate) async fn public(
    Data(door): Data<&Door>,
    Path(file): Path<String>,
    request: &Request,
) -> Response {
    let caller = Caller::default();
    let (number, pdf) = asked(&file);
    match document(door, &caller, number, Audience::Public).await {
        Ok((_, document)) if pdf => paper(number, document),
        Ok((title, document)) => {
            let file = format!("<p><a href=\"/comites/{number}.pdf\">À imprimer (PDF)</a></p>");
            render(StatusCode::OK, &title, &format!("{}{file}", document.html))
        }
        Err(Error::NotFound) => {
            let text =
                "<p>Ce comité n'existe pas, ou ses résultats ne sont pas encore publics.</p>";
            render(StatusCode::NOT_FOUND, "Comité introuvable", text)
        }
        Err(error) => failed(error, request, "Réessayez dans un moment."),
    }
}

/// The synthesis for those who may read the committee.
#[handler]
pub(crate) async fn synthesis(
    Data(door): Data<&Door>,
    Path((number, file)): Path<(String, String)>,
    request: &Request,
) -> Response {
    let who = match authentication::of_request(door, request).await {
        Ok(who) => who,
        Err(error) => {
            return http::refused(error, &authentication::request_id(request)).respond(JSON);
        }
    };
    let number = number.parse().unwrap_or_default();
    match document(door, &who.caller, number, Audience::Participants).await {
        Ok((_, document)) if file == "synthese.pdf" => paper(number, document),
        Ok((title, document)) if file == "synthese" => {
            let file =
                format!("<p><a href=\"/comites/{number}/synthese.pdf\">À imprimer (PDF)</a></p>");
            render(StatusCode::OK, &title, &format!("{}{file}", document.html))
        }
        Ok(_) => Problem::of(Error::NotFound, &who.caller.request_id).respond(JSON),
        Err(error) => Problem::of(error, &who.caller.request_id).respond(JSON),
    }
}

/// The number in `12` and `12.pdf`, and whether the file is meant.
fn asked(file: &str) -> (i64, bool) {
    let (number, pdf) = match file.strip_suffix(".pdf") {
        Some(number) => (number, true),
        None => (file, false),
    };
    (number.parse().unwrap_or_default(), pdf)
}

/// Title and content of a synthesis.
async fn document(
    door: &Door,
    caller: &Caller,
    number: i64,
    audience: Audience,
) -> Result<(String, Document)> {
    let committee = service::summary(&door.app, caller, number).await?;
    let document = service::document(&door.app, caller, number, audience).await?;
    Ok((committee.title, document))
}

fn paper(number: i64, document: Document) -> Response {
    let name = format!("inline; filename=\"synthese-comite-{number}.pdf\"");
    Response::builder()
        .content_type("application/pdf")
        .header("content-disposition", name)
        .body(document.pdf)
}
