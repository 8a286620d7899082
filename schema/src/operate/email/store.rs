//! Queries on the ledger.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::model::{Email, Filter, MailKind, MailStatus, Mention, NewEmail, NewMention, Told};
use crate::foundation::database::Conn;
use crate::foundation::keyset::newest_first;
use crate::foundation::page::Page;
use crate::tables::{email, email_mention};

type Key<'a> = (MailKind, &'a str, &'a str, &'a str);

/// Inserts a row; an existing one with the same key stays as it is.
pub(super) async fn insert(conn: &mut Conn, row: &NewEmail<'_>) -> QueryResult<usize> {
    diesel::insert_into(email::table).values(row).on_conflict_do_nothing().execute(conn).await
}

/// The row of a message, locked until the transaction ends. It must exist.
pub(super) async fn lock(conn: &mut Conn, key: Key<'_>) -> QueryResult<Email> {
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

/// Moves a row to a status, from any of the given ones. Gives the row, or `None` when it stands
/// elsewhere.
pub(super) async fn change(
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
pub(super) struct Change<'a> {
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
    pub(super) fn to(status: MailStatus, reason: Option<&'a str>, at: DateTime<Utc>) -> Self {
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
pub(super) async fn of_job(
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

/// Replaces what a message tells.
pub(super) async fn replace_mentions(
    conn: &mut Conn,
    row: &Email,
    mentions: &[Mention],
) -> QueryResult<()> {
    diesel::delete(email_mention::table.filter(email_mention::email_id.eq(row.id)))
        .execute(conn)
        .await?;
    let rows: Vec<NewMention<'_>> = mentions
        .iter()
        .map(|mention| NewMention {
            email_id: row.id,
            kind: &mention.kind,
            subject: &mention.subject,
            stage: &mention.stage,
            recipient: &row.recipient,
        })
        .collect();
    for chunk in rows.chunks(1000) {
        diesel::insert_into(email_mention::table)
            .values(chunk)
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Marks what a message tells as told, or takes that back.
///
/// # Errors
/// A unique violation when another message has told some of it to the same person.
pub(super) async fn set_told(conn: &mut Conn, email_id: i64, told: bool) -> QueryResult<usize> {
    diesel::update(email_mention::table.filter(email_mention::email_id.eq(email_id)))
        .set(email_mention::told.eq(told))
        .execute(conn)
        .await
}

/// What of a kind was told about these subjects, and to whom.
pub(super) async fn told(
    conn: &mut Conn,
    kind: &str,
    subjects: &[String],
) -> QueryResult<Vec<Told>> {
    let rows: Vec<(String, String, String, String)> = email_mention::table
        .filter(email_mention::told)
        .filter(email_mention::kind.eq(kind))
        .filter(email_mention::subject.eq_any(subjects))
        .select((
            email_mention::kind,
            email_mention::subject,
            email_mention::stage,
            email_mention::recipient,
        ))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(kind, subject, stage, recipient)| Told {
            recipient,
            mention: Mention { kind, subject, stage },
        })
        .collect())
}

/// The messages about a subject, oldest first.
pub(super) async fn about(conn: &mut Conn, subject: &str, limit: i64) -> QueryResult<Vec<Email>> {
    email::table
        .filter(email::subject.eq(subject))
        .order(email::id.desc())
        .limit(limit)
        .select(Email::as_select())
        .load(conn)
        .await
}

/// The messages that mention a subject among others.
pub(super) async fn mentioning(
    conn: &mut Conn,
    subject: &str,
    limit: i64,
) -> QueryResult<Vec<(Email, Mention)>> {
    let rows: Vec<(Email, String, String)> = email_mention::table
        .inner_join(email::table)
        .filter(email_mention::subject.eq(subject))
        .order(email_mention::id.desc())
        .limit(limit)
        .select((Email::as_select(), email_mention::kind, email_mention::stage))
        .load(conn)
        .await?;
    let mention = |kind, stage| Mention { kind, subject: subject.to_owned(), stage };
    Ok(rows.into_iter().map(|(row, kind, stage)| (row, mention(kind, stage))).collect())
}

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = BigInt)]
    micros: i64,
}

/// Moves the next departure on by `micros`, and gives the microseconds until the one taken; negative when it is
/// past.
pub(super) async fn reserve(conn: &mut Conn, micros: i64) -> QueryResult<i64> {
    let taken = diesel::sql_query(
        "update mail_pace set next_at = greatest(next_at, clock_timestamp()) + $1 * interval '1 microsecond'
         returning (extract(epoch from next_at - clock_timestamp()) * 1000000)::bigint - $1 as micros",
    )
    .bind::<BigInt, _>(micros)
    .get_result::<Wait>(conn)
    .await?;
    Ok(taken.micros)
}

fn filtered(filter: &Filter) -> email::BoxedQuery<'static, diesel::pg::Pg> {
    let mut query = email::table.into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(email::kind.eq(kind));
    }
    if let Some(status) = filter.status {
        query = query.filter(email::status.eq(status));
    }
    query
}

/// One page, newest first, with one row more than asked when there are more.
pub(super) async fn page(conn: &mut Conn, filter: &Filter, page: &Page) -> QueryResult<Vec<Email>> {
    newest_first!(filtered(filter), email::id, page).select(Email::as_select()).load(conn).await
}

/// How many messages a filter finds.
pub(super) async fn total(conn: &mut Conn, filter: &Filter) -> QueryResult<i64> {
    filtered(filter).count().get_result(conn).await
}

/// How many messages of one kind stand somewhere.
#[derive(QueryableByName)]
pub(super) struct Total {
    /// The kind; one of a newer program, perhaps.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Where they stand.
    #[diesel(sql_type = Text)]
    pub status: MailStatus,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// How many messages of each kind stand where; of those at their end, those that came to it after an instant. Two
/// statements in one, each with its index: the planner knows them by the states as they are written here.
pub(super) async fn totals(conn: &mut Conn, ended: DateTime<Utc>) -> QueryResult<Vec<Total>> {
    diesel::sql_query(
        "select kind, status, count(*) as count from email
         where status in ('PREPARED', 'SENDING', 'UNCERTAIN') group by kind, status
         union all
         select kind, status, count(*) from email
         where status in ('SENT', 'FAILED', 'SKIPPED') and updated_at > $1 group by kind, status
         order by kind, status",
    )
    .bind::<Timestamptz, _>(ended)
    .load(conn)
    .await
}

/// How many messages stand in each of these states; what there is none of is absent.
pub(super) async fn standing(
    conn: &mut Conn,
    states: &[MailStatus],
) -> QueryResult<Vec<(MailStatus, i64)>> {
    email::table
        .filter(email::status.eq_any(states))
        .group_by(email::status)
        .select((email::status, diesel::dsl::count_star()))
        .load(conn)
        .await
}

/// Those of these messages that exist.
pub(super) async fn by_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Email>> {
    email::table.filter(email::id.eq_any(ids)).select(Email::as_select()).load(conn).await
}

/// How many messages were refused for good, or tried in vain more than once and wait for another try, since an
/// instant.
pub(super) async fn failing_since(conn: &mut Conn, since: DateTime<Utc>) -> QueryResult<i64> {
    let waits = email::status.eq(MailStatus::Prepared).and(email::attempts.gt(1));
    email::table
        .filter(email::updated_at.gt(since))
        .filter(email::status.eq(MailStatus::Failed).or(waits))
        .count()
        .get_result(conn)
        .await
}
