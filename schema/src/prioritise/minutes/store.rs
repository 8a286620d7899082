//! Queries on minutes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::{
    Audience, Document, Idea, Minutes, NewOutcome, Note, Outcome, Section, Verbatim,
};
use crate::foundation::database::Conn;
use crate::foundation::policy::Scope;
use crate::prioritise::committee::model::{Committee, CommitteeStatus};
use crate::reference::structure;
use crate::tables::{
    committee, committee_document, committee_idea, committee_note, committee_outcome,
    committee_participant, committee_verbatim,
};

/// The minutes of these committees, all together; lists by committee and rank.
pub(super) async fn load(conn: &mut Conn, committees: &[i64]) -> QueryResult<Minutes> {
    let mut notes: Vec<Note> = committee_note::table
        .filter(committee_note::committee_id.eq_any(committees))
        .select(Note::as_select())
        .load(conn)
        .await?;
    notes.sort_by_key(|note| (note.committee_id, note.section as u8));
    let verbatims = committee_verbatim::table
        .filter(committee_verbatim::committee_id.eq_any(committees))
        .order((committee_verbatim::committee_id, committee_verbatim::rank))
        .select(Verbatim::as_select())
        .load(conn)
        .await?;
    let ideas = committee_idea::table
        .filter(committee_idea::committee_id.eq_any(committees))
        .order((committee_idea::committee_id, committee_idea::rank))
        .select(Idea::as_select())
        .load(conn)
        .await?;
    let outcomes = committee_outcome::table
        .filter(committee_outcome::committee_id.eq_any(committees))
        .order((committee_outcome::committee_id, committee_outcome::rank))
        .select(Outcome::as_select())
        .load(conn)
        .await?;
    Ok(Minutes { notes, verbatims, ideas, outcomes })
}

/// Writes chapters; an empty one goes away.
pub(super) async fn write_notes(conn: &mut Conn, id: i64, notes: &[Note]) -> QueryResult<()> {
    let sections: Vec<Section> = notes.iter().map(|note| note.section).collect();
    let old = committee_note::table
        .filter(committee_note::committee_id.eq(id))
        .filter(committee_note::section.eq_any(sections));
    diesel::delete(old).execute(conn).await?;
    let kept: Vec<&Note> = notes.iter().filter(|note| !note.body.is_empty()).collect();
    diesel::insert_into(committee_note::table).values(kept).execute(conn).await?;
    Ok(())
}

pub(super) async fn replace_verbatims(
    conn: &mut Conn,
    id: i64,
    rows: &[Verbatim],
) -> QueryResult<()> {
    let old = committee_verbatim::table.filter(committee_verbatim::committee_id.eq(id));
    diesel::delete(old).execute(conn).await?;
    diesel::insert_into(committee_verbatim::table).values(rows).execute(conn).await?;
    Ok(())
}

pub(super) async fn replace_ideas(conn: &mut Conn, id: i64, rows: &[Idea]) -> QueryResult<()> {
    let old = committee_idea::table.filter(committee_idea::committee_id.eq(id));
    diesel::delete(old).execute(conn).await?;
    diesel::insert_into(committee_idea::table).values(rows).execute(conn).await?;
    Ok(())
}

pub(super) async fn replace_outcomes(
    conn: &mut Conn,
    id: i64,
    rows: &[NewOutcome],
) -> QueryResult<()> {
    let old = committee_outcome::table.filter(committee_outcome::committee_id.eq(id));
    diesel::delete(old).execute(conn).await?;
    diesel::insert_into(committee_outcome::table).values(rows).execute(conn).await?;
    Ok(())
}

/// Writes down whether these people came.
pub(super) async fn attend(conn: &mut Conn, ids: &[i64], attended: bool) -> QueryResult<usize> {
    diesel::update(committee_participant::table.filter(committee_participant::id.eq_any(ids)))
        .set(committee_participant::attended.eq(attended))
        .execute(conn)
        .await
}

/// Notes that the minutes changed, and what of the committee changed with them; `None` leaves a field as it is.
pub(super) async fn touch(
    conn: &mut Conn,
    id: i64,
    title: Option<&str>,
    theme: Option<&str>,
    voters: Option<i32>,
    now: DateTime<Utc>,
) -> QueryResult<Committee> {
    diesel::update(committee::table.find(id))
        .set((
            title.map(|title| committee::title.eq(title)),
            theme.map(|theme| committee::theme.eq(theme)),
            voters.map(|count| committee::voters.eq(count)),
            committee::updated_at.eq(now),
        ))
        .returning(Committee::as_returning())
        .get_result(conn)
        .await
}

pub(super) async fn close(
    conn: &mut Conn,
    id: i64,
    (expected, came): (i32, i32),
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> QueryResult<Committee> {
    diesel::update(committee::table.find(id))
        .set((
            committee::status.eq(CommitteeStatus::Closed),
            committee::closed_at.eq(now),
            committee::expected.eq(expected),
            committee::came.eq(came),
            committee::closing_reason.eq(reason),
            committee::updated_at.eq(now),
        ))
        .returning(Committee::as_returning())
        .get_result(conn)
        .await
}

/// Keeps a synthesis; the first one drawn stays.
pub(super) async fn keep(conn: &mut Conn, rows: &[Document]) -> QueryResult<usize> {
    diesel::insert_into(committee_document::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

pub(super) async fn document(
    conn: &mut Conn,
    id: i64,
    audience: Audience,
) -> QueryResult<Option<Document>> {
    committee_document::table
        .find((id, audience))
        .select(Document::as_select())
        .first(conn)
        .await
        .optional()
}

/// Those of these priorities and decisions whose committees are closed, or within the scope.
pub(super) async fn outcomes_within(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<Outcome>> {
    let mut query = committee_outcome::table
        .inner_join(committee::table.on(committee::id.eq(committee_outcome::committee_id)))
        .filter(committee_outcome::id.eq_any(ids.to_vec()))
        .into_boxed();
    if let Some(roots) = scope.subtrees() {
        query = query.filter(
            committee::status
                .eq(CommitteeStatus::Closed)
                .or(committee::structure_id.eq_any(structure::store::below(roots.to_vec()))),
        );
    }
    query.select(Outcome::as_select()).load(conn).await
}

/// Titles and starts of committees, for those that outcomes came from.
pub(super) async fn titles(
    conn: &mut Conn,
    ids: &[i64],
) -> QueryResult<HashMap<i64, (String, DateTime<Utc>)>> {
    let rows: Vec<(i64, String, DateTime<Utc>)> = committee::table
        .filter(committee::id.eq_any(ids))
        .select((committee::id, committee::title, committee::starts_at))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, title, at)| (id, (title, at))).collect())
}
