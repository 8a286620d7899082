//! The page that alert e-mails link to: one public testimony, plain. A front end that has better sets
//! `SPP_PUBLIC_URL` to its own address.

use poem::http::StatusCode;
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use schema::foundation::actor::Caller;
use schema::foundation::calendar::{day_in_paris, french_day};
use schema::foundation::error::Result;
use schema::listen::testimony::model::Sentiment;
use schema::listen::testimony::service;
use schema::reference::structure;

use crate::page::{escape, failed, render};
use crate::routes::Door;

/// Shows one public testimony by its number.
#[handler]
pub(crate) async fn page(
    Data(door): Data<&Door>,
    Path(number): Path<String>,
    request: &Request,
) -> Response {
    let found = match number.parse() {
        Ok(number) => article(door, number).await,
        Err(_) => Ok(None),
    };
    let (status, title, content) = match found {
        Ok(Some((title, content))) => (StatusCode::OK, title, content),
        Ok(None) => {
            let text = "<p>Ce témoignage n'existe pas, ou n'est pas public.</p>".to_owned();
            (StatusCode::NOT_FOUND, "Témoignage introuvable".to_owned(), text)
        }
        Err(error) => return failed(error, request, "Réessayez dans un moment."),
    };
    render(status, &title, &content)
}

/// Title and content of a testimony as everybody may read it.
async fn article(door: &Door, number: i64) -> Result<Option<(String, String)>> {
    let app = &door.app;
    let Some(row) = service::by_number(app, &Caller::default(), number).await? else {
        return Ok(None);
    };
    let about = structure::service::by_ids(&app.pool, &[row.structure_id]).await?.pop();
    let told: String = service::experiences(&app.pool, &[row.id])
        .await?
        .iter()
        .map(|e| {
            format!(
                "<li>{} : {}</li>",
                e.channel.label(),
                e.sentiment.map_or("inconnu", Sentiment::label)
            )
        })
        .collect();
    let body: String =
        row.body.split('\n').map(|line| format!("<p>{}</p>\n", escape(line))).collect();
    let day = row.published_at.map(|at| french_day(day_in_paris(at))).unwrap_or_default();
    let content = format!(
        "<p>{}, par {}, le {day}</p>\n<ul>{told}</ul>\n{body}",
        escape(about.as_ref().map_or("", |structure| structure.name.as_str())),
        escape(&row.pseudonym),
    );
    Ok(Some((row.title, content)))
}
