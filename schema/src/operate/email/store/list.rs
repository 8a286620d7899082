//! Lists and sums.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::super::model::{Email, Filter, MailStatus, Mention};
use crate::foundation::database::Conn;
use crate::foundation::keyset::newest_first;
use crate::foundation::page::Page;
use crate::tables::{email, email_mention};

/// The messages about a subject, oldest first.
pub(in super::super) async fn about(
    conn: &mut Conn,
    subject: &str,
    limit: i64,
) -> QueryResult<Vec<Email>> {
    email::table
        .filter(email::subject.eq(subject))
        .order(email::id.desc())
        .limit(limit)
        .select(Email::as_select())
        .load(conn)
        .await
}

/// The messages that mention a subject among others.
pub(in super::super) async fn mentioning(
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
pub(in super::super) async fn page(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page,
) -> QueryResult<Vec<Email>> {
    newest_first!(filtered(filter), email::id, page).select(Email::as_select()).load(conn).await
}

/// How many messages a filter finds.
pub(in super::super) async fn total(conn: &mut Conn, filter: &Filter) -> QueryResult<i64> {
    filtered(filter).count().get_result(conn).await
}

/// How many messages of one kind stand somewhere.
#[derive(QueryableByName)]
pub(in super::super) struct Total {
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
pub(in super::super) async fn totals(
    conn: &mut Conn,
    ended: DateTime<Utc>,
) -> QueryResult<Vec<Total>> {
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
pub(in super::super) async fn standing(
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
pub(in super::super) async fn by_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Email>> {
    email::table.filter(email::id.eq_any(ids)).select(Email::as_select()).load(conn).await
}
