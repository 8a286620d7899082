//! One row at a time: making, locking and changing it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::super::model::{Email, MailKind, MailStatus, NewEmail};
use crate::foundation::database::Conn;
use crate::tables::email;

type Key<'a> = (MailKind, &'a str, &'a str, &'a str);

/// Inserts a row; an existing one with the same key stays as it is.
pub(in super::super) async fn insert(conn: &mut Conn, row: &NewEmail<'_>) -> QueryResult<usize> {
    diesel::insert_into(email::table).values(row).on_conflict_do_nothing().execute(conn).await
}

/// The row of a message, locked until the transaction ends. It must exist.
pub(in super::super) async fn lock(conn: &mut Conn, key: Key<'_>) -> QueryResult<Email> {
    email::table
        .filter(email::kind.eq(key.0))
        .filter(email::subject.eq(key.1))
        .filter(email::stage.eq(key.2))
        .filter(email::recipient.eq(key.3))
        .select(Email::as_select())
        .for_update()
        .first(conn)
        .await
}

/// A row, locked until the transaction ends.
pub(in super::super) async fn lock_one(conn: &mut Conn, id: i64) -> QueryResult<Email> {
    email::table.find(id).select(Email::as_select()).for_update().first(conn).await
}

/// Moves a row to a status, from any of the given ones. Gives the row, or `None` when it stands
/// elsewhere.
pub(in super::super) async fn change(
    conn: &mut Conn,
    id: i64,
    from: &[MailStatus],
    change: Change<'_>,
) -> QueryResult<Option<Email>> {
    diesel::update(email::table.find(id).filter(email::status.eq_any(from)))
        .set(change)
        .returning(Email::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// What changes in a row. `None` leaves a column as it is, except the reason, which is always written.
#[derive(AsChangeset)]
#[diesel(table_name = email)]
pub(in super::super) struct Change<'a> {
    pub status: MailStatus,
    #[diesel(treat_none_as_null = true)]
    pub reason: Option<&'a str>,
    pub job_id: Option<i64>,
    pub attempts: Option<i32>,
    pub sending_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

impl<'a> Change<'a> {
    /// A change of status and reason only.
    pub(in super::super) fn to(
        status: MailStatus,
        reason: Option<&'a str>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            status,
            reason,
            job_id: None,
            attempts: None,
            sending_at: None,
            sent_at: None,
            updated_at: at,
        }
    }
}

/// The rows of a job in one status, locked, oldest first.
pub(in super::super) async fn of_job(
    conn: &mut Conn,
    job_id: i64,
    status: MailStatus,
) -> QueryResult<Vec<Email>> {
    email::table
        .filter(email::job_id.eq(job_id))
        .filter(email::status.eq(status))
        .order(email::id)
        .select(Email::as_select())
        .for_update()
        .load(conn)
        .await
}
