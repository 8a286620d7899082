//! What is written: a testimony, its experiences, the author's address, a decision.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::listen::testimony::model::{Experience, NewTestimony, Testimony, TestimonyStatus};
use crate::tables::{testimony, testimony_contact, testimony_experience};

/// Adds testimonies; gives them back with their numbers.
pub(in super::super) async fn insert(
    conn: &mut Conn,
    row: &NewTestimony,
) -> QueryResult<Testimony> {
    diesel::insert_into(testimony::table)
        .values(row)
        .returning(Testimony::as_returning())
        .get_result(conn)
        .await
}

/// Adds the experiences of a testimony.
pub(in super::super) async fn insert_experiences(
    conn: &mut Conn,
    rows: &[Experience],
) -> QueryResult<()> {
    diesel::insert_into(testimony_experience::table).values(rows).execute(conn).await?;
    Ok(())
}

/// Keeps the author's address apart.
pub(in super::super) async fn insert_contact(
    conn: &mut Conn,
    testimony_id: i64,
    email: &str,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::insert_into(testimony_contact::table)
        .values((
            testimony_contact::testimony_id.eq(testimony_id),
            testimony_contact::email.eq(email),
            testimony_contact::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What a moderator decided.
pub(in super::super) struct Decision {
    pub(in super::super) status: TestimonyStatus,
    pub(in super::super) moderator: Option<i64>,
    pub(in super::super) reason: Option<String>,
    pub(in super::super) at: DateTime<Utc>,
    /// Day of publication in Europe/Paris, when published.
    pub(in super::super) published_on: Option<NaiveDate>,
}

/// Records a moderator's decision.
pub(in super::super) async fn decide(
    conn: &mut Conn,
    id: i64,
    decision: &Decision,
) -> QueryResult<Testimony> {
    if decision.published_on.is_some() {
        diesel::update(
            testimony_experience::table.filter(testimony_experience::testimony_id.eq(id)),
        )
        .set(testimony_experience::published_on.eq(decision.published_on))
        .execute(conn)
        .await?;
    }
    diesel::update(testimony::table.find(id))
        .set((
            testimony::status.eq(decision.status),
            testimony::moderated_at.eq(decision.at),
            testimony::moderated_by.eq(decision.moderator),
            testimony::rejection_reason.eq(&decision.reason),
            testimony::published_at.eq(decision.published_on.map(|_| decision.at)),
            testimony::updated_at.eq(decision.at),
        ))
        .returning(Testimony::as_returning())
        .get_result(conn)
        .await
}
