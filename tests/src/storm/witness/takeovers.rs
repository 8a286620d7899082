//! How soon the work of a killed worker went on.

use diesel::QueryResult;
use diesel::sql_types::{BigInt, Double};
use diesel_async::RunQueryDsl;
use schema::foundation::database::Conn;

#[derive(diesel::QueryableByName)]
pub(super) struct Taken {
    #[diesel(sql_type = BigInt)]
    pub(super) smooth: i64,
    #[diesel(sql_type = Double)]
    pub(super) p50: f64,
    #[diesel(sql_type = Double)]
    pub(super) p100: f64,
    #[diesel(sql_type = BigInt)]
    pub(super) disturbed: i64,
    #[diesel(sql_type = Double)]
    pub(super) disturbed_p100: f64,
    #[diesel(sql_type = BigInt)]
    pub(super) from_living: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) unheard: i64,
}

/// From the moment a worker was killed to the next lease of each job that it held, or to its being set aside.
pub(super) async fn timed(conn: &mut Conn) -> QueryResult<Taken> {
    diesel::sql_query(
        "with reaped as materialized (
            select s.job, s.lease, s.state, s.at, silence.what, silence.since
            from storm_step s
            left join lateral (
                select k.what, k.since from storm_silence k
                -- A worker's name is « worker-<process>-<chance> ».
                where k.pid = split_part(s.worker, '-', 2) and k.since <= s.at
                  and (k.until is null or s.at <= k.until + interval '1 second')
                order by k.since desc limit 1) silence on true
            where s.crashed),
         taken as (
            select since, case when state = 'DEAD' then at else (
                select min(c.at) from storm_step c
                where c.job = reaped.job and c.lease = reaped.lease + 1 and c.state = 'RUNNING') end as at
            from reaped where what = 'KILLED'),
         timed as (
            select extract(epoch from at - since)::float8 as seconds,
                exists (select from storm_outage o where o.since <= taken.at and o.until >= taken.since) as disturbed
            from taken where at is not null)
         select count(*) filter (where not disturbed) as smooth,
            coalesce(percentile_disc(0.5) within group (order by seconds) filter (where not disturbed), 0)::float8 as p50,
            coalesce(max(seconds) filter (where not disturbed), 0)::float8 as p100,
            count(*) filter (where disturbed) as disturbed,
            coalesce(max(seconds) filter (where disturbed), 0)::float8 as disturbed_p100,
            (select count(*) from reaped where since is null and exists (
                select from storm_run r where r.job = reaped.job and r.lease = reaped.lease)) as from_living,
            (select count(*) from reaped where since is null and not exists (
                select from storm_run r where r.job = reaped.job and r.lease = reaped.lease)) as unheard
         from timed",
    )
    .get_result(conn)
    .await
}
