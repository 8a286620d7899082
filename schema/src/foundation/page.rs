//! Paging of every list: `first`/`after` forwards, `last`/`before` backwards, keyset cursors.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{ObjectType, OutputType};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::day::{self, Day};
use super::error::{Error, Result};

/// Length of a page when the client does not say. Our decision.
pub const DEFAULT_LENGTH: i32 = 20;
/// Longest page a client may ask for.
pub const MAX_LENGTH: i32 = 100;

/// Far above every limit, far below what overflows.
const ABSURD: usize = 1 << 40;

/// What a page costs: its length times what each element costs. Absurd lengths stop at a figure that
/// can still be added up.
pub fn cost(length: Option<i32>, each: usize) -> usize {
    let length = usize::try_from(length.unwrap_or(DEFAULT_LENGTH)).unwrap_or(0);
    length.saturating_mul(each).min(ABSURD) + 1
}

/// Where a row stands in an order: the sorted value, then the id that separates equal values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The order the cursor was made for; it is of no use in another.
    pub order: String,
    /// The sorted value: microseconds for instants, days for dates, the text itself for texts.
    pub value: String,
    /// The row's id.
    pub id: i64,
}

impl Cursor {
    /// A cursor in an order.
    pub fn new(order: &str, value: impl ToString, id: i64) -> Self {
        Self { order: order.to_owned(), value: value.to_string(), id }
    }

    /// As clients carry it.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\u{1f}{}\u{1f}{}", self.order, self.value, self.id))
    }

    fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        // PostgreSQL cannot even compare with a null character.
        if text.contains('\0') {
            return None;
        }
        let mut parts = text.split('\u{1f}');
        let (order, value, id) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then(|| Self::new(order, value, id))
    }

    /// The sorted value as an instant.
    ///
    /// # Errors
    /// [`Error::BadInput`] when the cursor was tampered with.
    pub fn instant(&self) -> Result<chrono::DateTime<chrono::Utc>> {
        self.value
            .parse()
            .ok()
            .and_then(chrono::DateTime::from_timestamp_micros)
            .filter(|at| day::plausible(at).is_ok())
            .ok_or_else(unreadable)
    }

    /// The sorted value as a calendar day.
    ///
    /// # Errors
    /// [`Error::BadInput`] when the cursor was tampered with.
    pub fn day(&self) -> Result<chrono::NaiveDate> {
        Day::read(&self.value).ok_or_else(unreadable)
    }
}

fn unreadable() -> Error {
    Error::BadInput(
        "Curseur illisible : reprenez celui d'une page précédente, sans le modifier.".into(),
    )
}

/// A page asked for, checked.
#[derive(Debug, Clone)]
pub struct Page {
    /// How many rows, 0 to 100.
    pub length: i64,
    /// Whether to read the order from its end.
    pub backward: bool,
    /// The row after which (before which, backwards) the page starts.
    pub from: Option<Cursor>,
}

impl Page {
    /// Checks the four arguments of a connection, for a list sorted by `order`.
    ///
    /// # Errors
    /// [`Error::BadInput`] for lengths outside 0 to 100, contradictory arguments, and cursors that
    /// are unreadable or belong to another order.
    pub fn new(
        order: &str,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
        let backward = last.is_some() || (before.is_some() && first.is_none());
        if backward && (first.is_some() || after.is_some()) || !backward && before.is_some() {
            return Err(Error::BadInput(
                "Choisissez un sens : « first » avec « after », ou « last » avec « before »."
                    .into(),
            ));
        }
        let length = first.or(last).unwrap_or(DEFAULT_LENGTH);
        if !(0..=MAX_LENGTH).contains(&length) {
            return Err(Error::BadInput(format!(
                "Une page compte de 0 à {MAX_LENGTH} éléments ; vous en demandez {length}."
            )));
        }
        let from = match after.or(before) {
            None => None,
            Some(text) => {
                let cursor = Cursor::decode(&text).ok_or_else(unreadable)?;
                if cursor.order != order {
                    return Err(Error::BadInput(
                        "Ce curseur vient d'une autre liste ou d'un autre tri : reprenez celui d'une page précédente de la même liste, avec le même « orderBy ».".into(),
                    ));
                }
                Some(cursor)
            }
        };
        Ok(Self { length: length.into(), backward, from })
    }

    /// One page with the default length, for callers that do not page.
    pub fn of(length: i64) -> Self {
        Self { length, backward: false, from: None }
    }
}

/// Rows of one page, in the list's order whatever the direction of reading.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether rows follow.
    pub has_next: bool,
    /// Whether rows precede.
    pub has_previous: bool,
}

impl<T> Slice<T> {
    /// Cuts what a query of `length + 1` rows, read in the page's direction, brought.
    pub fn cut(page: &Page, mut rows: Vec<T>) -> Self {
        let length = usize::try_from(page.length).unwrap_or(0);
        let more = rows.len() > length;
        rows.truncate(length);
        let came_from_somewhere = page.from.is_some();
        if page.backward {
            rows.reverse();
            Self { rows, has_next: came_from_somewhere, has_previous: more }
        } else {
            Self { rows, has_next: more, has_previous: came_from_somewhere }
        }
    }

    /// As a Relay connection, with the list's own extra fields.
    pub fn into_connection<N, F>(
        self,
        extra: F,
        cursor: impl Fn(&T) -> Cursor,
        mut node: impl FnMut(T) -> N,
    ) -> Connection<String, N, F>
    where
        N: OutputType,
        F: ObjectType,
    {
        let mut connection =
            Connection::with_additional_fields(self.has_previous, self.has_next, extra);
        connection.edges.extend(self.rows.into_iter().map(|row| {
            let at = cursor(&row).encode();
            Edge::new(at, node(row))
        }));
        connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_journey_and_refuses_another_order() {
        let cursor = Cursor::new("PUBLISHED", 123_456, 7);
        let page =
            Page::new("PUBLISHED", Some(5), Some(cursor.encode()), None, None).expect("a page");
        assert_eq!(page.from, Some(cursor.clone()));
        assert!(Page::new("SUBMITTED", Some(5), Some(cursor.encode()), None, None).is_err());
        assert!(Page::new("PUBLISHED", None, Some("x!".into()), None, None).is_err());
    }

    #[test]
    fn a_forged_cursor_never_reaches_the_database() {
        let read = |order: &str, value: &str| {
            let text = URL_SAFE_NO_PAD.encode(format!("{order}\u{1f}{value}\u{1f}1"));
            Page::new("O", None, Some(text), None, None).ok().and_then(|page| page.from)
        };
        assert!(read("O", "x\0").is_none());
        for far in ["-9000000000000000000", "9000000000000000000", "", "x"] {
            assert!(read("O", far).is_some_and(|cursor| cursor.instant().is_err()), "{far}");
        }
        for far in ["-200000-01-01", "+200000-01-01", "2026-02-30", ""] {
            assert!(read("O", far).is_some_and(|cursor| cursor.day().is_err()), "{far}");
        }
        assert!(read("O", "1768204800000000").is_some_and(|cursor| cursor.instant().is_ok()));
        assert!(read("O", "2026-01-12").is_some_and(|cursor| cursor.day().is_ok()));
    }

    #[test]
    fn lengths_are_checked_at_their_limits() {
        for (length, accepted) in [(-1, false), (0, true), (100, true), (101, false)] {
            assert_eq!(Page::new("O", Some(length), None, None, None).is_ok(), accepted);
            assert_eq!(Page::new("O", None, None, Some(length), None).is_ok(), accepted);
        }
    }
}
