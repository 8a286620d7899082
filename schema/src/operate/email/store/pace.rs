//! The pace of the mail server.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = BigInt)]
    micros: i64,
}

/// Moves the next departure on by `micros`, and gives the microseconds until the one taken; negative when it is
/// past.
pub(in super::super) async fn reserve(conn: &mut Conn, micros: i64) -> QueryResult<i64> {
    let taken = diesel::sql_query(
        "update mail_pace set next_at = greatest(next_at, clock_timestamp()) + $1 * interval '1 microsecond'
         returning (extract(epoch from next_at - clock_timestamp()) * 1000000)::bigint - $1 as micros",
    )
    .bind::<BigInt, _>(micros)
    .get_result::<Wait>(conn)
    .await?;
    Ok(taken.micros)
}
