//! How jobs ended, and what happened more often than it should.

use diesel::QueryResult;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use schema::foundation::database::Conn;
use schema::operate::job::rules::MAX_CRASHES;

#[derive(diesel::QueryableByName)]
pub(super) struct Jobs {
    #[diesel(sql_type = BigInt)]
    pub(super) known: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) open: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) set_aside: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) unexpected: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) unexplained: i64,
}

pub(super) async fn counted(conn: &mut Conn) -> QueryResult<Jobs> {
    diesel::sql_query(format!(
        "select count(*) as known,
            count(*) filter (where state in ('READY', 'RUNNING')) as open,
            count(*) filter (where ended and expected = 'DONE' and state <> 'DONE' and worn_out) as set_aside,
            count(*) filter (where ended and case expected
                when 'DONE' then state <> 'DONE' and not worn_out and not judged
                when 'BOMB' then state <> 'DEAD' or crashes <> {MAX_CRASHES}
                else state <> 'DEAD' end) as unexpected,
            count(*) filter (where ended and attempt <> crashes + failed + (state = 'DONE')::int) as unexplained
         from (
            select state, crashes, attempt, payload ->> 'expected' as expected,
                state not in ('READY', 'RUNNING') as ended,
                state = 'DEAD' and crashes >= {MAX_CRASHES} as worn_out,
                -- Refused by the mail server, or left to an operator because it may have left.
                state = 'DEAD' and (error like '%interrupted while leaving%'
                    or exists (select from email where email.job_id = job.id and email.status = 'FAILED')) as judged,
                (select count(*) from jsonb_array_elements(history) step where step ->> 'what' = 'FAILED') as failed
            from job where payload ->> 'expected' is not null) job"
    ))
    .get_result(conn)
    .await
}

#[derive(diesel::QueryableByName)]
pub(super) struct Steps {
    #[diesel(sql_type = BigInt)]
    pub(super) twice: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) late: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) unnumbered: i64,
}

pub(super) async fn steps(conn: &mut Conn) -> QueryResult<Steps> {
    diesel::sql_query(
        "select (select count(*) from (select from storm_run group by job, lease having count(*) > 1) run)
              + (select count(*) from (select from storm_step where state = 'DONE' group by job having count(*) > 1) step) as twice,
            (select count(*) from storm_late) as late,
            (select count(*) from job where kind = 'BROADCAST_EVENT' and state = 'DONE' and not exists (
                select from live_event where testimony_id = (payload ->> 'testimony')::bigint)) as unnumbered",
    )
    .get_result(conn)
    .await
}
