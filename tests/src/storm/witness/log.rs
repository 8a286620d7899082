//! What whoever makes the storm did.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use schema::foundation::database::Conn;

/// Why a program fell silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Killed by the storm.
    Killed,
    /// Stopped for a while.
    Frozen,
    /// By itself: its own job killed it.
    Ended,
}

/// A program that fell silent.
#[derive(Debug, Clone)]
pub struct Silence {
    /// The number of its process.
    pub pid: u32,
    /// Why.
    pub why: Why,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when; for ever when absent.
    pub until: Option<DateTime<Utc>>,
}

/// What whoever makes the storm knows, and the database does not.
#[derive(Debug, Default)]
pub struct Log {
    /// Jobs enqueued.
    pub jobs: usize,
    /// Programs that fell silent.
    pub silences: Vec<Silence>,
    /// Times at which nobody could take over as usual: the database was out of reach or slow, or there was no worker
    /// awake for some seconds.
    pub outages: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Copies that arrived, by Message-ID (with its angle brackets).
    pub copies: BTreeMap<String, i64>,
}

/// Puts beside the steps what only the storm knows.
pub(super) async fn tell(conn: &mut Conn, log: &Log) -> QueryResult<()> {
    let words = |why| match why {
        Why::Killed => "KILLED",
        Why::Frozen => "FROZEN",
        Why::Ended => "ENDED",
    };
    diesel::sql_query("insert into storm_silence select * from unnest($1, $2, $3, $4)")
        .bind::<Array<Text>, _>(
            log.silences.iter().map(|one| one.pid.to_string()).collect::<Vec<_>>(),
        )
        .bind::<Array<Text>, _>(log.silences.iter().map(|one| words(one.why)).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(log.silences.iter().map(|one| one.since).collect::<Vec<_>>())
        .bind::<Array<Nullable<Timestamptz>>, _>(
            log.silences.iter().map(|one| one.until).collect::<Vec<_>>(),
        )
        .execute(conn)
        .await?;
    diesel::sql_query("insert into storm_outage select * from unnest($1, $2)")
        .bind::<Array<Timestamptz>, _>(log.outages.iter().map(|one| one.0).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(log.outages.iter().map(|one| one.1).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    diesel::sql_query("insert into storm_copy select * from unnest($1, $2)")
        .bind::<Array<Text>, _>(log.copies.keys().cloned().collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(log.copies.values().copied().collect::<Vec<_>>())
        .execute(conn)
        .await?;
    conn.batch_execute(
        "create index on storm_step (job, lease); create index on storm_silence (pid, since);
         analyze storm_step; analyze storm_silence; analyze storm_run; analyze storm_mail; analyze storm_copy; analyze job",
    )
    .await
}
