//! The people of committees.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::foundation::policy::Scope;
use crate::prioritise::committee::model::{
    Committee, CommitteeKind, CommitteeStatus, NewParticipant, Participant, ParticipantResponse,
    ParticipantRole,
};
use crate::reference::structure;
use crate::tables::{committee, committee_participant as person};

/// Puts people on the list. `None` when an address is on it already.
pub(in super::super) async fn add(
    conn: &mut Conn,
    rows: &[NewParticipant],
) -> QueryResult<Vec<Participant>> {
    diesel::insert_into(person::table)
        .values(rows)
        .returning(Participant::as_returning())
        .get_results(conn)
        .await
}

/// The people of these committees, in the order in which they were put on the list.
pub(in super::super) async fn people(
    conn: &mut Conn,
    committees: &[i64],
) -> QueryResult<Vec<Participant>> {
    person::table
        .filter(person::committee_id.eq_any(committees))
        .order((person::committee_id, person::id))
        .select(Participant::as_select())
        .load(conn)
        .await
}

/// Those of these people whose committees are within the scope.
pub(in super::super) async fn people_within(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
) -> QueryResult<Vec<Participant>> {
    let mut query = person::table
        .inner_join(committee::table)
        .filter(person::id.eq_any(ids.to_vec()))
        .into_boxed();
    if let Some(roots) = scope.subtrees() {
        query =
            query.filter(committee::structure_id.eq_any(structure::store::below(roots.to_vec())));
    }
    query.select(Participant::as_select()).load(conn).await
}

/// Somebody by row number, or `None`.
pub(in super::super) async fn person(conn: &mut Conn, id: i64) -> QueryResult<Option<Participant>> {
    person::table.find(id).select(Participant::as_select()).first(conn).await.optional()
}

/// Writes down that these people are invited to a start. Their earlier answers were about another.
pub(in super::super) async fn invite(
    conn: &mut Conn,
    ids: &[i64],
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    diesel::update(person::table.filter(person::id.eq_any(ids)))
        .set((
            person::response.eq(ParticipantResponse::Pending),
            person::invited_for.eq(starts_at),
            person::invited_at.eq(now),
            person::responded_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await
}

/// Writes an answer down, with the words of consent when there are some.
pub(in super::super) async fn respond(
    conn: &mut Conn,
    id: i64,
    response: ParticipantResponse,
    consent: Option<&str>,
    now: DateTime<Utc>,
) -> QueryResult<Participant> {
    diesel::update(person::table.find(id))
        .set((
            person::response.eq(response),
            person::responded_at.eq(now),
            consent.map(|words| (person::consent_wording.eq(words), person::consented_at.eq(now))),
        ))
        .returning(Participant::as_returning())
        .get_result(conn)
        .await
}

/// The first of the reserve of a role.
pub(in super::super) async fn first_of_reserve(
    conn: &mut Conn,
    committee_id: i64,
    role: ParticipantRole,
) -> QueryResult<Option<Participant>> {
    person::table
        .filter(person::committee_id.eq(committee_id))
        .filter(person::role.eq(role))
        .filter(person::response.eq(ParticipantResponse::Reserve))
        .order(person::id)
        .select(Participant::as_select())
        .first(conn)
        .await
        .optional()
}

/// Other committees of a period for which these officials are solicited: (official, start).
pub(in super::super) async fn solicited(
    conn: &mut Conn,
    officials: &[i64],
    other_than: i64,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> QueryResult<Vec<(i64, DateTime<Utc>)>> {
    person::table
        .inner_join(committee::table)
        .filter(person::official_id.eq_any(officials))
        .filter(person::response.ne(ParticipantResponse::Declined))
        .filter(committee::id.ne(other_than))
        .filter(committee::status.ne(CommitteeStatus::Cancelled))
        .filter(committee::starts_at.between(from, to))
        .order(committee::starts_at)
        .select((person::official_id.assume_not_null(), committee::starts_at))
        .load(conn)
        .await
}

diesel::define_sql_function!(fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text);

/// Themes of other listening committees for which these addresses, in lower case, were invited.
pub(in super::super) async fn other_themes(
    conn: &mut Conn,
    scope: &Scope,
    committee: &Committee,
    addresses: &[String],
) -> QueryResult<HashMap<String, String>> {
    let Some(theme) = &committee.theme else { return Ok(HashMap::new()) };
    let mut query = person::table
        .inner_join(committee::table)
        .filter(lower(person::email).eq_any(addresses))
        .filter(committee::id.ne(committee.id))
        .filter(committee::kind.eq(CommitteeKind::Listening))
        .filter(committee::status.ne(CommitteeStatus::Cancelled))
        .filter(committee::theme.is_distinct_from(theme))
        .select((lower(person::email), committee::theme.assume_not_null()))
        .into_boxed();
    if let Some(roots) = scope.subtrees() {
        query =
            query.filter(committee::structure_id.eq_any(structure::store::below(roots.to_vec())));
    }
    let rows: Vec<(String, String)> = query.load(conn).await?;
    Ok(rows.into_iter().collect())
}
