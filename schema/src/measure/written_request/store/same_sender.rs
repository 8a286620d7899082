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
/// folded name or the same e-mail address; each with the id of the request it goes with.
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
           select * from written_request r
           where r.id <> o.id
             and (split_part(r.sender_key, '|', 1) = nullif(split_part(o.sender_key, '|', 1), '')
               or lower(r.sender_email) = lower(o.sender_email))
             and ($2::bigint[] is null
               or r.structure_id in (select s.id from structure s where s.path && $2))
           order by r.received_on desc, r.id desc
           limit $3) r
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
