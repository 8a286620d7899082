//! One committee.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::prioritise::committee::model::{Committee, CommitteeStatus, NewCommittee};
use crate::prioritise::committee::rules::Plan;
use crate::tables::committee;

pub(in super::super) async fn insert(
    conn: &mut Conn,
    row: &NewCommittee,
) -> QueryResult<Committee> {
    diesel::insert_into(committee::table)
        .values(row)
        .returning(Committee::as_returning())
        .get_result(conn)
        .await
}

/// A committee by row number, or `None`.
pub(in super::super) async fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Committee>> {
    committee::table.find(id).select(Committee::as_select()).first(conn).await.optional()
}

/// As [`find`], locked until the transaction ends.
pub(in super::super) async fn lock(conn: &mut Conn, id: i64) -> QueryResult<Option<Committee>> {
    committee::table
        .find(id)
        .select(Committee::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Writes the plan anew; `bump` when calendars must hear of it.
pub(in super::super) async fn replan(
    conn: &mut Conn,
    id: i64,
    plan: &Plan,
    bump: bool,
    now: DateTime<Utc>,
) -> QueryResult<Committee> {
    diesel::update(committee::table.find(id))
        .set((
            committee::title.eq(&plan.title),
            committee::theme.eq(&plan.theme),
            committee::aims.eq(&plan.aims),
            committee::agenda.eq(&plan.agenda),
            committee::starts_at.eq(plan.starts_at),
            committee::duration_minutes.eq(plan.duration_minutes),
            committee::mode.eq(plan.mode),
            committee::place.eq(&plan.place),
            committee::link.eq(&plan.link),
            committee::sequence.eq(committee::sequence + i32::from(bump)),
            committee::updated_at.eq(now),
        ))
        .returning(Committee::as_returning())
        .get_result(conn)
        .await
}

/// Writes down the prerequisites and the reason to go on outside the rule; `None` leaves one as it is.
pub(in super::super) async fn note(
    conn: &mut Conn,
    id: i64,
    results_analysed: Option<bool>,
    ideas_gathered: Option<bool>,
    override_reason: Option<&str>,
    now: DateTime<Utc>,
) -> QueryResult<Committee> {
    diesel::update(committee::table.find(id))
        .set((
            results_analysed.map(|done| committee::results_analysed.eq(done)),
            ideas_gathered.map(|done| committee::ideas_gathered.eq(done)),
            override_reason.map(|reason| committee::override_reason.eq(reason)),
            committee::updated_at.eq(now),
        ))
        .returning(Committee::as_returning())
        .get_result(conn)
        .await
}

pub(in super::super) async fn cancel(
    conn: &mut Conn,
    id: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> QueryResult<Committee> {
    diesel::update(committee::table.find(id))
        .set((
            committee::status.eq(CommitteeStatus::Cancelled),
            committee::cancellation_reason.eq(reason),
            committee::sequence.eq(committee::sequence + 1),
            committee::updated_at.eq(now),
        ))
        .returning(Committee::as_returning())
        .get_result(conn)
        .await
}
