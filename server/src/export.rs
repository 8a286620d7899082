//! `GET /written-requests.csv?structure=CODE&from=…&to=…`: the register as a spreadsheet, page by page,
//! with the rights of the token.

use chrono::NaiveDate;
use poem::web::{Data, Query};
use poem::{Body, Request, Response, handler};
use schema::foundation::day::Day;
use schema::measure::written_request::export::{self, ExportQuery};
use serde::Deserialize;

use crate::authentication;
use crate::http::refused;
use crate::problem::Problem;
use crate::routes::Door;

const JSON: &str = "application/json; charset=utf-8";

/// What to export; the last 365 days when no day is given. A misspelt parameter would export more than
/// was meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    structure: String,
    from: Option<String>,
    to: Option<String>,
}

impl Parameters {
    /// The days, when they are days that the API takes: others would not fit the database.
    fn days(&self) -> Option<(Option<NaiveDate>, Option<NaiveDate>)> {
        let read = |text: &Option<String>| match text.as_deref() {
            None => Some(None),
            Some(text) => Day::read(text).map(Some),
        };
        Some((read(&self.from)?, read(&self.to)?))
    }
}

/// Streams the register of a structure and all below it.
#[handler]
pub(crate) async fn written_requests(
    Data(door): Data<&Door>,
    request: &Request,
    parameters: poem::Result<Query<Parameters>>,
) -> Response {
    let known = parameters.ok().and_then(|Query(found)| Some((found.days()?, found.structure)));
    let Some(((from, to), structure)) = known else {
        return Problem::bad_request(
            "Paramètres acceptés : structure (obligatoire), from et to (au format AAAA-MM-JJ, de 1900 à 2199), et aucun autre.",
        )
        .respond(JSON);
    };
    let who = match authentication::of_request(door, request).await {
        Ok(who) => who,
        Err(error) => return refused(error, &authentication::request_id(request)).respond(JSON),
    };
    let (app, caller) = (door.app.clone(), who.caller);
    let today = app.clock.today();
    let query = ExportQuery {
        structure,
        from: from.unwrap_or(today - chrono::Days::new(365)),
        to: to.unwrap_or(today),
    };
    // The first page is made before the answer starts, so that a refusal has its status.
    let (mut text, mut cursor) = match export::page(&app, &caller, &query, None).await {
        Ok(page) => page,
        Err(error) => return Problem::of(error, &caller.request_id).respond(JSON),
    };
    let pages = async_stream::try_stream! {
        loop {
            yield std::mem::take(&mut text);
            let Some(after) = cursor.take() else { break };
            (text, cursor) = export::page(&app, &caller, &query, Some(after))
                .await
                .map_err(|error| std::io::Error::other(error.to_string()))?;
        }
    };
    let pages: std::pin::Pin<Box<dyn futures_util::Stream<Item = std::io::Result<String>> + Send>> =
        Box::pin(pages);
    Response::builder()
        .content_type("text/csv; charset=utf-8")
        .header("content-disposition", "attachment; filename=\"demandes-ecrites.csv\"")
        .body(Body::from_bytes_stream(pages))
}
