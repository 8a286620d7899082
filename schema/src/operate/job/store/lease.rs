//! Taking, renewing, answering and taking over leases: a statement for each, and each one round trip.
//!
//! Leases are measured by the database's own clock, because workers' clocks differ and tests hold
//! theirs; the hour of a job (`run_at`) is compared with the application's clock, which tests move.
//! Whether a known job runs is asked by its lease, not by its state (a check keeps both equal): the state
//! would offer the planner the index of running jobs, whose dead entries it would walk for each job.
//! Acknowledgements lock their rows in the order of the ids, or two of them could wait for each other: [`Settle`] does so
//! first, [`Finish`] finds them in that order. All others skip what is locked.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;

use super::super::model::{Ack, Claimed, JobKind, Outcome, Queue};
use super::super::rules::{LEASE, MAX_CRASHES, kinds_of, storable};
use crate::foundation::database::Conn;

/// One statement with a name, so that it is prepared once per connection (`sql_query` never is).
/// Values are bound where they stand between the texts; `$1` in a text repeats the first.
macro_rules! statement {
    ($name:ident -> $returns:ty { $($before:literal $field:ident: $kind:ty => $sql:ty,)+; $after:literal }) => {
        #[derive(QueryId)]
        struct $name { $($field: $kind),+ }

        impl Query for $name {
            type SqlType = $returns;
        }

        impl QueryFragment<Pg> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                $(
                    out.push_sql($before);
                    out.push_bind_param::<$sql, _>(&self.$field)?;
                )+
                out.push_sql($after);
                Ok(())
            }
        }
    };
}

/// A connection for workers.
pub(in super::super) async fn open(url: &str) -> anyhow::Result<Conn> {
    let mut conn = Conn::establish(url).await?;
    // The table is empty one minute and full the next: with the statistics of either, a plan for the
    // other is a hundred times slower. Every statement here has its index, and reads it in its order, so no
    // other plan is needed; and what a plan without statistics is thought to cost would be compiled each time.
    // A client that gives up leaves its statement running: the server must give up first.
    conn.batch_execute(
        "set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off; \
         set enable_hashjoin = off; set enable_mergejoin = off; set jit = off; \
         set plan_cache_mode = force_generic_plan; set statement_timeout = '4s'; \
         set lock_timeout = '2s'; set application_name = 'spp-worker'",
    )
    .await?;
    Ok(conn)
}

// One look per priority level: ordering all levels together would walk over every future row of the
// higher ones. The CTE is materialised because « id in (select … limit … for update) » may be run
// several times by the planner, and lock more than it returns.
statement! {
    Claim -> (BigInt, BigInt, Text, Jsonb, Integer, Integer, Integer, Timestamptz, Nullable<Text>, SmallInt, Nullable<Text>) {
        "with suspect as materialized (
            select id from job where state = 'READY' and crashes >= 2 and queue = " queue: String => Text,
        " and run_at <= " now: DateTime<Utc> => Timestamptz,
        " and kind = any(" kinds: Vec<String> => Array<Text>,
        ") and not exists (select from job_pause where job_pause.queue = $1) order by run_at, id limit " suspects: i64 => BigInt,
        " for update skip locked),
        due as materialized (
            select found.id from (values (10::smallint), (0::smallint), (-10::smallint)) level (priority)
            cross join lateral (
                select id, run_at from job
                where state = 'READY' and crashes < 2 and priority = level.priority and queue = $1 and run_at <= $2
                and kind = any($3) and not exists (select from job_pause where job_pause.queue = $1)
                order by run_at, id limit " limit: i64 => BigInt,
        " for update skip locked) found
            order by level.priority desc, found.run_at, found.id limit $5 - (select count(*) from suspect))
        update job set state = 'RUNNING', attempt = attempt + 1, lease_no = lease_no + 1,
            started_at = $2, debounce_key = null,
            lease_until = clock_timestamp() + make_interval(secs => " lease: f64 => diesel::sql_types::Double,
        "), worker = " worker: String => Text,
        ; " where job.id = any (array(select id from due union all select id from suspect))
        returning job.id, lease_no, kind, payload, attempt, max_attempts, crashes, run_at, request_id, priority, trace"
    }
}

type ClaimedRow =
    (i64, i64, String, Value, i32, i32, i32, DateTime<Utc>, Option<String>, i16, Option<String>);

/// Takes at most `limit` jobs of a queue, highest priority and longest wait first, among them at most `suspects` of
/// those with one chance left. Kinds that this program does not know are left to newer ones.
pub(in super::super) async fn claim(
    conn: &mut Conn,
    queue: Queue,
    now: DateTime<Utc>,
    limit: i64,
    suspects: i64,
    worker: &str,
) -> QueryResult<Vec<Claimed>> {
    let kinds = kinds_of(queue).into_iter().map(|kind| kind.to_string()).collect();
    let claim = Claim {
        queue: queue.to_string(),
        now,
        kinds,
        limit,
        suspects,
        lease: LEASE.as_secs_f64(),
        worker: worker.to_owned(),
    };
    let mut rows: Vec<ClaimedRow> = claim.load(conn).await?;
    // RETURNING has no order.
    rows.sort_by_key(|row| (std::cmp::Reverse(row.9), row.7, row.0));
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Claimed {
                id: row.0,
                lease_no: row.1,
                kind: row.2.parse::<JobKind>().ok()?,
                payload: row.3,
                attempt: row.4,
                max_attempts: row.5,
                crashes: row.6,
                run_at: row.7,
                request_id: row.8,
                trace: row.10,
            })
        })
        .collect())
}

// Most runs end well, and leave nothing but that. The arrays are in the order of the ids, so that the lease of a job is
// found by halving: a join without hashes would compare every job with every other. Rows are locked in that order, too,
// because the index gives them so and no other plan is allowed: two statements never wait for each other in a circle.
statement! {
    Finish -> BigInt {
        "update job set state = 'DONE', lease_until = null, error = null, finished_at = " now: DateTime<Utc> => Timestamptz,
        " where id = any (" ids: Vec<i64> => Array<BigInt>,
        ") and lease_no = (" leases: Vec<i64> => Array<BigInt>,
        ; ")[width_bucket(id, $2)] and lease_until is not null returning id"
    }
}

// What is given back (no attempt, and no hour) keeps the error of the run before.
statement! {
    Settle -> BigInt {
        "with given as materialized (
            select * from unnest(" ids: Vec<i64> => Array<BigInt>,
        ", " leases: Vec<i64> => Array<BigInt>,
        ", " states: Vec<&'static str> => Array<Text>,
        ", " run_ats: Vec<Option<DateTime<Utc>>> => Array<Nullable<Timestamptz>>,
        ", " back: Vec<i32> => Array<Integer>,
        ", " errors: Vec<Option<String>> => Array<Nullable<Text>>,
        ") given (id, lease_no, state, run_at, back, error)),
        held as materialized (
            select job.id, given.state, given.run_at, given.back, given.error
            from given join job on job.id = given.id and job.lease_no = given.lease_no
            where job.id = any ($1) and job.lease_until is not null order by job.id for update of job)
        update job set state = held.state, lease_until = null,
            run_at = coalesce(held.run_at, job.run_at), attempt = job.attempt - held.back,
            error = case when held.back = 1 and held.run_at is null then job.error else held.error end,
            finished_at = case when held.state = 'READY' then null else " now: DateTime<Utc> => Timestamptz,
        ; " end, history = case when held.error is null then job.history else kept_history(job.history)
                || jsonb_build_object('what', 'FAILED', 'at', $7, 'attempt', job.attempt, 'worker', job.worker, 'error', held.error) end
        from held where job.id = held.id and job.id = any ($1) returning job.id"
    }
}

/// Writes what runs came to. Only leases still held count; the rest changes nothing. The ones that are done first:
/// when the others are refused, it does no harm to write them again.
pub(in super::super) async fn ack(
    conn: &mut Conn,
    now: DateTime<Utc>,
    acks: &[Ack],
) -> QueryResult<Vec<i64>> {
    let (done, others): (Vec<&Ack>, Vec<&Ack>) =
        acks.iter().partition(|ack| ack.outcome == Outcome::Done);
    let mut written = vec![];
    if !done.is_empty() {
        let (ids, leases) = in_order(done.iter().map(|ack| (ack.id, ack.lease_no)));
        written = Finish { ids, leases, now }.load(conn).await?;
    }
    if !others.is_empty() {
        written.extend(settle(conn, now, &others).await?);
    }
    Ok(written)
}

/// Jobs and their leases in the order of the jobs; the newest lease of one that comes twice.
fn in_order(held: impl Iterator<Item = (i64, i64)>) -> (Vec<i64>, Vec<i64>) {
    let mut held: Vec<_> = held.collect();
    held.sort_unstable();
    held.into_iter().collect::<BTreeMap<_, _>>().into_iter().unzip()
}

async fn settle(conn: &mut Conn, now: DateTime<Utc>, acks: &[&Ack]) -> QueryResult<Vec<i64>> {
    let column = |outcome: &Outcome| match outcome {
        Outcome::Done => ("DONE", None, 0, None),
        Outcome::Retry { at, error } => ("READY", Some(*at), 0, Some(storable(error))),
        Outcome::Dead { error } => ("DEAD", None, 0, Some(storable(error))),
        Outcome::Later { at } => ("READY", Some(*at), 1, None),
        Outcome::GivenBack => ("READY", None, 1, None),
        Outcome::Dropped => ("READY", None, 0, Some("stopped with its worker".to_owned())),
    };
    let columns: Vec<_> = acks.iter().map(|ack| column(&ack.outcome)).collect();
    let settle = Settle {
        ids: acks.iter().map(|ack| ack.id).collect(),
        leases: acks.iter().map(|ack| ack.lease_no).collect(),
        states: columns.iter().map(|c| c.0).collect(),
        run_ats: columns.iter().map(|c| c.1).collect(),
        back: columns.iter().map(|c| c.2).collect(),
        errors: columns.into_iter().map(|c| c.3).collect(),
        now,
    };
    settle.load(conn).await
}

// A row that somebody has locked (to write it: a message that refers to it does not count) is skipped, for all the other
// leases would run out while it is waited for. Whoever takes leases back skips it, too, and the next beat finds it free
// or gone; that it is held still is read beside the lock.
statement! {
    Beat -> (BigInt, BigInt) {
        "with free as materialized (
            select id from job where id = any (" ids: Vec<i64> => Array<BigInt>,
        ") and lease_no = (" leases: Vec<i64> => Array<BigInt>,
        ")[width_bucket(id, $1)] and lease_until is not null order by id for no key update skip locked),
        renewed as (
            update job set lease_until = clock_timestamp() + make_interval(secs => " lease: f64 => diesel::sql_types::Double,
        ; ") where id = any (array(select id from free)))
        select id, lease_no from job
        where id = any ($1) and lease_no = ($2)[width_bucket(id, $1)] and lease_until is not null"
    }
}

/// Renews leases and says which are still held.
pub(in super::super) async fn beat(
    conn: &mut Conn,
    held: &[(i64, i64)],
) -> QueryResult<Vec<(i64, i64)>> {
    let (ids, leases) = in_order(held.iter().copied());
    Beat { ids, leases, lease: LEASE.as_secs_f64() }.load(conn).await
}

statement! {
    Reap -> (BigInt, Text) {
        "with lost as materialized (
            select id from job where state = 'RUNNING' and lease_until < statement_timestamp()
            order by lease_until limit 200 for update skip locked)
        update job set crashes = crashes + 1, lease_until = null,
            state = case when crashes + 1 >= " max_crashes: i32 => Integer,
        " then 'DEAD' else 'READY' end,
            finished_at = case when crashes + 1 >= $1 then " now: DateTime<Utc> => Timestamptz,
        ; " end,
            error = format('lease expired, attempt %s on %s', attempt, worker),
            history = kept_history(history) || jsonb_build_object('what', 'CRASHED', 'at', $2, 'attempt', attempt, 'worker', worker)
        where job.id = any (array(select id from lost)) returning job.id, job.state"
    }
}

// Crashes alone set a job aside here, not its last attempt: it may not even have started.
// Rows locked by somebody else are not lost but being answered or renewed: skip them.
/// Takes back the jobs whose worker no longer renews them; the ones that went through too many
/// workers are set aside. Gives their numbers and new states.
pub(in super::super) async fn reap(
    conn: &mut Conn,
    now: DateTime<Utc>,
) -> QueryResult<Vec<(i64, String)>> {
    Reap { max_crashes: MAX_CRASHES, now }.load(conn).await
}

#[cfg(test)]
mod tests {
    use super::super::super::rules::SUSPECT_CRASHES;

    #[test]
    fn suspects_are_those_that_the_claim_and_its_index_mean() {
        // A bound value would keep the planner from the index.
        assert_eq!(SUSPECT_CRASHES, 2);
    }
}
