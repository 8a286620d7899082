//! The register as a spreadsheet, page by page. The file can be imported again.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::model::{WrittenRequest, WrittenRequestFilter, WrittenRequestOrder};
use super::rules::{delay_days, state};
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::error::{Error, Result};
use crate::foundation::page::{Cursor, Page};
use crate::foundation::policy::Action;
use crate::foundation::table::outgoing;
use crate::reference::structure;

/// Rows of one page.
const PAGE_LENGTH: i64 = 5000;
/// What spreadsheets need to recognise UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
const HEADER: [&str; 14] = [
    "structure",
    "reference",
    "medium",
    "subject",
    "sender_name",
    "sender_email",
    "sender_address",
    "received_on",
    "acknowledged_on",
    "answered_on",
    "answer_nature",
    "due_on",
    "state",
    "delay_days",
];

/// What to export.
#[derive(Debug, Clone)]
pub struct ExportQuery {
    /// Code or global id of a structure; with all below it.
    pub structure: String,
    /// First day of reception.
    pub from: NaiveDate,
    /// Last day of reception.
    pub to: NaiveDate,
}

/// One page of the file, newest requests first, and the cursor of the next one; the first page starts
/// with the header. Rights are checked for every page.
///
/// # Errors
/// [`Error::BadInput`] for a reversed period; [`Error::NotFound`] for a structure out of reach.
pub async fn page(
    app: &App,
    caller: &Caller,
    query: &ExportQuery,
    after: Option<Cursor>,
) -> Result<(String, Option<Cursor>)> {
    let scope = caller.actor.scope(Action::ReadWrittenRequests)?;
    if query.from > query.to {
        return Err(Error::BadInput(
            "La période se termine avant de commencer : inversez « from » et « to ».".into(),
        ));
    }
    let today = app.clock.today();
    let mut conn = app.pool.get().await?;
    let root = match structure::service::resolve(&mut conn, &query.structure).await {
        // As for a structure out of reach.
        Err(Error::Refused(_)) => return Err(Error::NotFound),
        found => found?,
    };
    caller.actor.authorise(Action::ReadWrittenRequests, &root.path)?;
    let filter = WrittenRequestFilter {
        below: Some(root.id),
        received_from: Some(query.from),
        received_to: Some(query.to),
        ..Default::default()
    };
    let first = after.is_none();
    let order = WrittenRequestOrder::ReceivedOn;
    let page = Page { from: after, ..Page::of(PAGE_LENGTH) };
    let slice = store::list(&mut conn, &scope, &filter, order, &page, today).await?;
    drop(conn);
    let codes = codes(app, &slice.rows).await?;
    let next = slice.rows.last().filter(|_| slice.has_next);
    let next = next.map(|row| Cursor::new(order.as_str(), row.received_on, row.id));
    Ok((write(&slice.rows, &codes, first, today)?, next))
}

/// The codes of the structures of some requests.
async fn codes(app: &App, rows: &[WrittenRequest]) -> Result<HashMap<i64, String>> {
    let mut ids: Vec<i64> = rows.iter().map(|row| row.structure_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let structures = structure::service::by_ids(&app.pool, &ids).await?;
    Ok(structures.into_iter().map(|structure| (structure.id, structure.code)).collect())
}

fn write(
    rows: &[WrittenRequest],
    codes: &HashMap<i64, String>,
    first: bool,
    today: NaiveDate,
) -> Result<String> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    if first {
        writer.write_record(HEADER).map_err(anyhow::Error::from)?;
    }
    for row in rows {
        let code = codes.get(&row.structure_id).map_or("", String::as_str);
        writer.write_record(cells(row, code, today)).map_err(anyhow::Error::from)?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    let text = String::from_utf8(bytes).map_err(anyhow::Error::from)?;
    Ok(if first { format!("{BYTE_ORDER_MARK}{text}") } else { text })
}

fn cells(row: &WrittenRequest, code: &str, today: NaiveDate) -> [String; HEADER.len()] {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    [
        code.to_owned(),
        outgoing(&row.reference),
        row.medium.to_string(),
        outgoing(&row.subject),
        outgoing(&row.sender_name),
        outgoing(row.sender_email.as_deref().unwrap_or_default()),
        outgoing(row.sender_address.as_deref().unwrap_or_default()),
        row.received_on.to_string(),
        day(row.acknowledged_on),
        day(row.answered_on),
        row.answer_nature.map(|nature| nature.to_string()).unwrap_or_default(),
        row.due_on.to_string(),
        state(today, row.due_on, row.answered_on).to_string(),
        row.answered_on.map(|on| delay_days(row.received_on, on).to_string()).unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::import::{OPTIONAL, REQUIRED};
    use super::*;

    #[test]
    fn the_import_knows_every_column_and_misses_none() {
        for column in HEADER {
            assert!(REQUIRED.contains(&column) || OPTIONAL.contains(&column), "{column}");
        }
        assert_eq!(HEADER.len(), REQUIRED.len() + OPTIONAL.len());
    }

    #[test]
    fn a_page_without_rows_is_a_header_or_nothing() {
        let today = NaiveDate::default();
        let header = write(&[], &HashMap::new(), true, today).expect("a page");
        assert!(header.starts_with("\u{feff}structure;reference;medium;"), "{header}");
        assert_eq!(write(&[], &HashMap::new(), false, today).expect("a page"), "");
    }
}
