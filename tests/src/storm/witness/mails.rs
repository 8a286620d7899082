//! What became of messages.

use diesel::QueryResult;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use schema::foundation::database::Conn;

#[derive(diesel::QueryableByName)]
pub(super) struct Mails {
    #[diesel(sql_type = BigInt)]
    pub(super) messages: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) sent: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) refused: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) uncertain: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) again: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) outside: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) astray: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) untold: i64,
}

/// A message goes back from « leaving » to « to be sent » only when its fate was unknown: its worker died, or the mail
/// server gave no answer. Each such step explains one more copy; nothing else does.
pub(super) async fn counted(conn: &mut Conn) -> QueryResult<Mails> {
    diesel::sql_query(
        "with back as (
            select message_id, count(*) as times from storm_mail
            where was = 'SENDING' and becomes = 'PREPARED' group by message_id),
         told as (
            select status, coalesce(copies, 0) as copies, coalesce(times, 0) as times
            from email left join storm_copy using (message_id) left join back using (message_id))
         select count(*) as messages,
            count(*) filter (where status = 'SENT') as sent,
            count(*) filter (where status = 'FAILED') as refused,
            count(*) filter (where status = 'UNCERTAIN') as uncertain,
            coalesce(sum(greatest(copies - 1, 0)), 0)::bigint as again,
            coalesce(sum(greatest(copies - 1 - times, 0)), 0)::bigint as outside,
            count(*) filter (where status = 'SENT' and copies = 0)
              + (select count(*) from storm_copy where message_id not in (select message_id from email)) as astray,
            (select count(distinct email.id) from email join email_mention on email_id = email.id
              where status = 'SENT' and not told) as untold
         from told",
    )
    .get_result(conn)
    .await
}
