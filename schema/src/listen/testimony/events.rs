//! Numbering what live listeners are told, and reading it again after a cut.

use chrono::{DateTime, Utc};
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::model::{EventKind, LiveEvent};
use crate::foundation::database::Conn;
use crate::tables::live_event;

/// Lets one event at a time take the next number, until its commit.
const NUMBER_LOCK: i64 = 0x5350_5033;

/// Gives an event its number and commits it. The lock is held until the commit, so whoever sees
/// number n can read every smaller one. The same event keeps the number it was given first.
///
/// # Errors
/// When PostgreSQL refuses, or the testimony is gone.
pub async fn number_event(
    conn: &mut Conn,
    now: DateTime<Utc>,
    kind: EventKind,
    testimony_id: i64,
) -> QueryResult<i64> {
    conn.transaction(async |conn| {
        diesel::select(
            sql::<Bool>("pg_advisory_xact_lock(")
                .bind::<BigInt, _>(NUMBER_LOCK)
                .sql(") is not null"),
        )
        .execute(conn)
        .await?;
        let known: Option<i64> = live_event::table
            .filter(live_event::kind.eq(kind))
            .filter(live_event::testimony_id.eq(testimony_id))
            .select(live_event::number)
            .first(conn)
            .await
            .optional()?;
        if let Some(number) = known {
            return Ok(number);
        }
        let number = latest(conn).await? + 1;
        diesel::insert_into(live_event::table)
            .values((
                live_event::number.eq(number),
                live_event::kind.eq(kind),
                live_event::testimony_id.eq(testimony_id),
                live_event::at.eq(now),
            ))
            .execute(conn)
            .await?;
        Ok(number)
    })
    .await
}

/// The highest number given; 0 when there is none.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn latest(conn: &mut Conn) -> QueryResult<i64> {
    let highest: Option<i64> =
        live_event::table.select(max(live_event::number)).first(conn).await?;
    Ok(highest.unwrap_or(0))
}

/// Events of one kind after a number, oldest first, at most `limit`.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn after(
    conn: &mut Conn,
    kind: EventKind,
    number: i64,
    limit: i64,
) -> QueryResult<Vec<LiveEvent>> {
    live_event::table
        .filter(live_event::number.gt(number))
        .filter(live_event::kind.eq(kind))
        .order(live_event::number)
        .limit(limit)
        .select(LiveEvent::as_select())
        .load(conn)
        .await
}
