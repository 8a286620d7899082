//! The parts that the operators' pages are made of.

use std::fmt::Write;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use poem::http::{HeaderValue, StatusCode};
use poem::{Request, Response};
use schema::foundation::calendar::{clock_in_paris, day_in_paris};
use schema::foundation::error::Error;

use super::session::Operator;
use crate::authentication;
use crate::page::{escape, render_wide};

/// A page with its ways to the others.
pub(super) fn page(operator: &Operator, title: &str, content: &str) -> Response {
    let content = format!(
        "<nav aria-label=\"Exploitation\"><a href=\"/operations\">Vue d'ensemble</a> \
         <a href=\"/operations/jobs\">Tâches</a> <a href=\"/operations/mails\">Messages</a>{}</nav>\n{content}",
        form(operator, "/operations/logout", "", &[("", "Se déconnecter", "second")]),
    );
    bare(StatusCode::OK, title, &content)
}

/// A page without them.
pub(super) fn bare(status: StatusCode, title: &str, content: &str) -> Response {
    render_wide(status, title, content)
}

/// A page that says why nothing was done.
pub(super) fn refused(status: StatusCode, why: &str) -> Response {
    let content = format!(
        "<p role=\"alert\" class=\"alert\">{}</p>\n<p><a href=\"/operations\">Vue d'ensemble</a></p>",
        escape(why)
    );
    bare(status, "Rien n'a été changé", &content)
}

/// The page for an address that leads nowhere.
pub(super) fn nowhere() -> Response {
    let content = "<p role=\"alert\" class=\"alert\">Cette page n'existe pas.</p>\n<p><a href=\"/operations\">Vue d'ensemble</a></p>";
    bare(StatusCode::NOT_FOUND, "Introuvable", content)
}

/// The page for a change that an address does not take.
pub(super) fn astray() -> Response {
    let why = "Cette adresse ne permet pas cela : repartez de la vue d'ensemble.";
    let mut response = refused(StatusCode::METHOD_NOT_ALLOWED, why);
    response.headers_mut().insert("allow", HeaderValue::from_static("GET, HEAD"));
    response
}

/// The page for what a use case did not do.
pub(super) fn failed(error: Error, request: &Request) -> Response {
    let status = match &error {
        Error::Refused(_) | Error::BadInput(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Forbidden | Error::ForbiddenToToken(_) => StatusCode::FORBIDDEN,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    // The same words as the API's, and the cause goes to the log.
    let told = error.into_graphql(&authentication::request_id(request));
    let content = format!(
        "<p role=\"alert\" class=\"alert\">{}</p>\n<p><a href=\"/operations\">Vue d'ensemble</a></p>",
        escape(&told.message)
    );
    let title =
        if status == StatusCode::NOT_FOUND { "Introuvable" } else { "Rien n'a été changé" };
    bare(status, title, &content)
}

/// What a filter in the address asks for; nothing when it is empty.
pub(super) fn asked<T: FromStr>(value: &str) -> Result<Option<T>, T::Err> {
    (!value.is_empty()).then(|| value.parse()).transpose()
}

/// The page for a filter that does not exist, or that the address names twice: a list without it would look like the
/// answer. `whole` is the address of the list with all there is.
pub(super) fn unknown_filter(whole: &str) -> Response {
    let content = format!(
        "<p role=\"alert\" class=\"alert\">Ce filtre n'existe pas : choisissez-en un au-dessus de la liste.</p>\n<p>{}</p>",
        link(whole, "Toute la liste")
    );
    bare(StatusCode::UNPROCESSABLE_ENTITY, "Filtre inconnu", &content)
}

/// After a change: look at this page, so that reloading changes nothing twice.
pub(super) fn see(path: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header("location", path).finish()
}

/// A form of buttons: name=value, words, class. `fields` stand before them.
pub(super) fn form(
    operator: &Operator,
    action: &str,
    fields: &str,
    buttons: &[(&str, &str, &str)],
) -> String {
    let mut text = format!(
        "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"seal\" value=\"{}\">{fields}",
        escape(action),
        operator.seal.expose()
    );
    for (value, words, class) in buttons {
        let _ = write!(
            text,
            "<button name=\"action\" value=\"{value}\" class=\"{class}\">{}</button>",
            escape(words)
        );
    }
    text + "</form>"
}

/// A table; the cells are HTML. An empty one says so. On a telephone each row is a card, and each cell says the head
/// of its column. The roles are spelt out: browsers forget them of tables that are shown as something else.
pub(super) fn table(caption: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return format!("<h2>{}</h2>\n<p>Rien.</p>\n", escape(caption));
    }
    let mut body = String::new();
    for row in rows {
        body.push_str("<tr role=\"row\">");
        for (place, (cell, head)) in row.iter().zip(heads).enumerate() {
            let _ = match place {
                0 => write!(body, "<th role=\"rowheader\" scope=\"row\">{cell}</th>"),
                _ => {
                    let head = escape(head);
                    write!(body, "<td role=\"cell\" data-label=\"{head}\">{cell}</td>")
                }
            };
        }
        body.push_str("</tr>\n");
    }
    let head =
        |head: &&str| format!("<th role=\"columnheader\" scope=\"col\">{}</th>", escape(head));
    let heads: String = heads.iter().map(head).collect();
    let caption = escape(caption);
    // On a narrow screen it scrolls by itself, and the keyboard must reach it to do so.
    format!(
        "<h2>{caption}</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\
         <table role=\"table\"><thead role=\"rowgroup\"><tr role=\"row\">{heads}</tr></thead>\n\
         <tbody role=\"rowgroup\">{body}</tbody></table></div>\n"
    )
}

/// « 1 tâche », « 2 tâches ».
pub(super) fn counted(number: i64, word: &str) -> String {
    format!("{number} {word}{}", if number > 1 { "s" } else { "" })
}

/// A link.
pub(super) fn link(path: &str, words: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(path), escape(words))
}

/// An instant in Paris; nothing when there is none.
pub(super) fn instant(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(
        || "–".to_owned(),
        |at| {
            format!(
                "<time datetime=\"{}\">{} {}</time>",
                at.to_rfc3339(),
                day_in_paris(at).format("%d/%m/%Y"),
                clock_in_paris(at)
            )
        },
    )
}

/// A list of names and values; the values are HTML.
pub(super) fn facts(facts: &[(&str, String)]) -> String {
    let rows: String = facts
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{value}</dd>\n", escape(name)))
        .collect();
    format!("<dl>\n{rows}</dl>\n")
}

/// A JSON value as people can read it.
pub(super) fn json(value: &serde_json::Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("<pre tabindex=\"0\">{}</pre>", escape(&text))
}

/// A choice among words, the present one chosen; empty stands for all.
pub(super) fn choice<'a>(
    name: &str,
    label: &str,
    words: impl Iterator<Item = &'a str>,
    chosen: &str,
) -> String {
    let mut options = "<option value=\"\">tout</option>".to_owned();
    for word in words {
        let selected = if word == chosen { " selected" } else { "" };
        let _ = write!(options, "<option{selected}>{word}</option>");
    }
    format!(
        "<label for=\"{name}\">{label}</label><select id=\"{name}\" name=\"{name}\">{options}</select>"
    )
}
