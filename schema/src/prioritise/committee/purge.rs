//! Forgetting people of committees once their purpose is over (DOMAIN §16.6); the periods are ours, and stand
//! in `retention.toml`. What was said stays: it names nobody.

use std::collections::BTreeMap;

use chrono::{DateTime, Months, TimeDelta, Utc};
use diesel::QueryResult;
use futures_util::FutureExt;
use serde::Serialize;

use super::store::{self, Expired};
use crate::foundation::batches::until_none;
use crate::foundation::database::Conn;

/// How long one-time links stay after their event.
pub const LINKS_KEPT: TimeDelta = TimeDelta::days(90);
/// How long the people of a committee stay after their event, in months.
pub const PEOPLE_KEPT: Months = Months::new(6);
/// How long candidates stay after they applied, in months.
pub const CANDIDATES_KEPT: Months = Months::new(24);
/// How long elected officials stay after the end of their mandate, in months.
pub const OFFICIALS_KEPT: Months = Months::new(12);
/// How long committees and their minutes stay after their event, in months.
pub const EVENTS_KEPT: Months = Months::new(60);
/// Most rows of one kind that a preview counts.
const COUNTED: i64 = 200_000;

/// What a purge found and did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    /// One-time links.
    pub links: usize,
    /// People on lists.
    pub participants: usize,
    /// Candidates.
    pub candidates: usize,
    /// Elected officials out of office.
    pub officials: usize,
    /// Committees with their minutes.
    pub committees: usize,
}

/// Forgets at most `cap` rows of each kind, and says how many. A second run does nothing.
///
/// # Errors
/// When PostgreSQL refuses; what was deleted before stays deleted.
pub async fn forget(conn: &mut Conn, now: DateTime<Utc>, cap: usize) -> QueryResult<Forgotten> {
    Ok(Forgotten {
        links: all(conn, Expired::Links(now - LINKS_KEPT), cap).await?,
        participants: all(conn, Expired::Participants(now - PEOPLE_KEPT), cap).await?,
        candidates: all(conn, Expired::Candidates(now - CANDIDATES_KEPT), cap).await?,
        officials: all(conn, Expired::Officials(now - OFFICIALS_KEPT), cap).await?,
        committees: all(conn, Expired::Committees(now - EVENTS_KEPT), cap).await?,
    })
}

/// What a purge would forget, of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// How many rows, counted up to the cap of a run.
    pub count: usize,
    /// The first of their ids; none for links, whose key is a secret's hash.
    pub ids: Vec<i64>,
}

/// What [`forget`] would forget now, by kind; changes nothing. `listed` ids of each are told.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn preview(
    conn: &mut Conn,
    now: DateTime<Utc>,
    listed: usize,
) -> QueryResult<BTreeMap<&'static str, Found>> {
    let mut found = BTreeMap::new();
    for (kind, expired) in [
        ("links", Expired::Links(now - LINKS_KEPT)),
        ("participants", Expired::Participants(now - PEOPLE_KEPT)),
        ("candidates", Expired::Candidates(now - CANDIDATES_KEPT)),
        ("officials", Expired::Officials(now - OFFICIALS_KEPT)),
        ("committees", Expired::Committees(now - EVENTS_KEPT)),
    ] {
        let (count, mut ids) = store::expired(conn, expired, COUNTED).await?;
        ids.truncate(listed);
        found.insert(kind, Found { count, ids });
    }
    Ok(found)
}

async fn all(conn: &mut Conn, expired: Expired, cap: usize) -> QueryResult<usize> {
    until_none(conn, cap, move |conn, rows| store::delete_expired(conn, expired, rows).boxed())
        .await
}
