//! « The same sender comes back » (DOMAIN §20.5).

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable};
use diesel_async::RunQueryDsl;

use crate::foundation::database::Conn;
use crate::foundation::policy::Scope;
use crate::measure::written_request::model::WrittenRequest;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    of_id: i64,
    #[diesel(embed)]
    request: WrittenRequest,
}

/// For each of some requests, the newest `limit` others within the scope whose sender has the same
/// folded name or the same e-mail address; each with the id of the request it goes with. Two walks down
/// an index for each request: one condition with « or » was measured to read the whole table.
pub(in super::super) async fn same_sender(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[i64],
    limit: i64,
) -> QueryResult<Vec<(i64, WrittenRequest)>> {
    let rows: Vec<Row> = diesel::sql_query(
        "select o.id as of_id, r.*
         from written_request o
         cross join lateral (
           (select * from written_request n
            where split_part(n.sender_key, '|', 1) = nullif(split_part(o.sender_key, '|', 1), '')
              and n.id <> o.id and ($2::bigint[] is null
                or exists (select 1 from structure s where s.id = n.structure_id and s.path && $2))
            order by n.received_on desc, n.id desc limit $3)
           union
           (select * from written_request e
            where lower(e.sender_email) = lower(o.sender_email)
              and e.id <> o.id and ($2::bigint[] is null
                or exists (select 1 from structure s where s.id = e.structure_id and s.path && $2))
            order by e.received_on desc, e.id desc limit $3)
           order by received_on desc, id desc limit $3) r
         where o.id = any($1)
         order by r.received_on desc, r.id desc",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Nullable<Array<BigInt>>, _>(scope.subtrees())
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.of_id, row.request)).collect())
}
