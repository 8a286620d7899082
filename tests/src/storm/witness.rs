//! What happened, told by the database itself: triggers write down every step of every job and message while programs
//! come and go, so that nothing depends on looking at the right moment.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Double, Nullable, Text, Timestamptz};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use schema::foundation::database::Conn;
use schema::operate::job::rules::MAX_CRASHES;

/// A killed worker's work is taken over within this time.
const TAKE_OVER_S: f64 = 10.0;

const TRIGGERS: &str = "
create table storm_step (
  job bigint not null, lease bigint not null, state text not null, crashed boolean not null, worker text,
  at timestamptz not null default clock_timestamp());
create function storm_step() returns trigger language plpgsql as $$
begin
  insert into storm_step (job, lease, state, crashed, worker)
    values (new.id, new.lease_no, new.state, new.crashes > old.crashes, new.worker);
  return null;
end $$;
create trigger storm_step after update of state on job for each row execute function storm_step();

-- A probe writes its report when a run of it starts.
create table storm_run (job bigint not null, lease bigint not null);
create function storm_run() returns trigger language plpgsql as $$
begin
  insert into storm_run (job, lease) values (new.id, new.lease_no);
  return null;
end $$;
create trigger storm_run after update of report on job for each row execute function storm_run();

-- Nothing changes a job that has ended.
create table storm_late (job bigint not null, was text not null, becomes text not null);
create function storm_late() returns trigger language plpgsql as $$
begin
  insert into storm_late (job, was, becomes) values (new.id, old.state, new.state);
  return null;
end $$;
create trigger storm_late after update on job for each row when (old.finished_at is not null) execute function storm_late();

create table storm_mail (message_id text not null, was text not null, becomes text not null);
create function storm_mail() returns trigger language plpgsql as $$
begin
  insert into storm_mail (message_id, was, becomes) values (new.message_id, old.status, new.status);
  return null;
end $$;
create trigger storm_mail after update of status on email for each row when (old.status <> new.status)
  execute function storm_mail();

-- What the storm did: programs that fell silent, and times at which nobody could take over: the database was out of
-- reach, or every worker frozen or just born.
create table storm_silence (pid text not null, what text not null, since timestamptz not null, until timestamptz);
create table storm_outage (since timestamptz not null, until timestamptz not null);
create table storm_copy (message_id text primary key, copies bigint not null);
";

/// Lets the database write down what happens from now on.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn install(conn: &mut Conn) -> QueryResult<()> {
    conn.batch_execute(TRIGGERS).await
}

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

/// What became of everything. Jobs are those whose payload tells what is `expected` of them: `DONE`, `DEAD`, or `BOMB` for
/// one that kills its process.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Jobs enqueued.
    pub jobs: i64,
    /// Jobs that are gone, or have not ended.
    pub lost: i64,
    /// Jobs that ended otherwise than they should, for no reason that is written down.
    pub unexpected: i64,
    /// Innocent jobs set aside because three of their workers died: by design, for an operator to retry.
    pub set_aside: i64,
    /// Jobs with a run that no crash and no failure explains: they ran twice.
    pub unexplained: i64,
    /// Runs that started twice under one lease, and jobs that were called done twice.
    pub twice: i64,
    /// Changes to a job after its end.
    pub late: i64,
    /// Jobs of killed workers taken over while the database could be reached, and another worker was there, all the time.
    pub takeovers: i64,
    /// Median time from the kill to the next lease, in seconds.
    pub takeover_p50: f64,
    /// The longest.
    pub takeover_p100: f64,
    /// Those taken over across a time without either, for information.
    pub disturbed: i64,
    /// The longest of them.
    pub disturbed_p100: f64,
    /// Leases that ran out although nobody silenced their worker: claims whose answer was cut off, or a starved machine.
    pub from_living: i64,
    /// Rows of the ledger.
    pub messages: i64,
    /// Messages that left.
    pub sent: i64,
    /// Messages refused for good by the mail server.
    pub refused: i64,
    /// Messages for an operator to judge.
    pub uncertain: i64,
    /// Second copies after an interruption between the message's last line and the record of its answer: the window
    /// that SMTP cannot close.
    pub copies_in_window: i64,
    /// Second copies otherwise.
    pub copies_outside: i64,
    /// Messages called sent that never arrived, and copies that no row knows.
    pub astray: i64,
    /// Live events called announced that have no number.
    pub unnumbered: i64,
}

impl Verdict {
    /// The promises that were broken, in words.
    pub fn broken(&self) -> Vec<String> {
        let none = [
            ("jobs lost", self.lost),
            ("jobs that ended unexpectedly", self.unexpected),
            ("jobs that ran twice", self.unexplained),
            ("runs or ends under one lease twice", self.twice),
            ("changes after the end", self.late),
            ("messages twice outside the window", self.copies_outside),
            ("messages astray", self.astray),
            ("events without number", self.unnumbered),
        ];
        let mut told: Vec<String> = none
            .into_iter()
            .filter(|(_, found)| *found != 0)
            .map(|(what, found)| format!("{what}: {found}"))
            .collect();
        if self.takeover_p100 > TAKE_OVER_S {
            told.push(format!("a take-over after {:.1} s", self.takeover_p100));
        }
        told
    }
}

/// Reads what the database wrote down, and holds it against what was done.
///
/// # Errors
/// When PostgreSQL refuses.
pub async fn judge(conn: &mut Conn, log: &Log) -> QueryResult<Verdict> {
    tell(conn, log).await?;
    let jobs = jobs(conn).await?;
    let steps = steps(conn).await?;
    let taken = takeovers(conn).await?;
    let mails = mails(conn).await?;
    let enqueued = i64::try_from(log.jobs).unwrap_or(i64::MAX);
    Ok(Verdict {
        jobs: enqueued,
        lost: enqueued - jobs.known + jobs.open,
        unexpected: jobs.unexpected,
        set_aside: jobs.set_aside,
        unexplained: jobs.unexplained,
        twice: steps.twice,
        late: steps.late,
        takeovers: taken.smooth,
        takeover_p50: taken.p50,
        takeover_p100: taken.p100,
        disturbed: taken.disturbed,
        disturbed_p100: taken.disturbed_p100,
        from_living: taken.from_living,
        messages: mails.messages,
        sent: mails.sent,
        refused: mails.refused,
        uncertain: mails.uncertain,
        copies_in_window: mails.again - mails.outside,
        copies_outside: mails.outside,
        astray: mails.astray,
        unnumbered: steps.unnumbered,
    })
}

/// Puts beside the steps what only the storm knows.
async fn tell(conn: &mut Conn, log: &Log) -> QueryResult<()> {
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

#[derive(diesel::QueryableByName)]
struct Jobs {
    #[diesel(sql_type = BigInt)]
    known: i64,
    #[diesel(sql_type = BigInt)]
    open: i64,
    #[diesel(sql_type = BigInt)]
    set_aside: i64,
    #[diesel(sql_type = BigInt)]
    unexpected: i64,
    #[diesel(sql_type = BigInt)]
    unexplained: i64,
}

async fn jobs(conn: &mut Conn) -> QueryResult<Jobs> {
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
struct Steps {
    #[diesel(sql_type = BigInt)]
    twice: i64,
    #[diesel(sql_type = BigInt)]
    late: i64,
    #[diesel(sql_type = BigInt)]
    unnumbered: i64,
}

async fn steps(conn: &mut Conn) -> QueryResult<Steps> {
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

#[derive(diesel::QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    smooth: i64,
    #[diesel(sql_type = Double)]
    p50: f64,
    #[diesel(sql_type = Double)]
    p100: f64,
    #[diesel(sql_type = BigInt)]
    disturbed: i64,
    #[diesel(sql_type = Double)]
    disturbed_p100: f64,
    #[diesel(sql_type = BigInt)]
    from_living: i64,
}

/// From the moment a worker was killed to the next lease of each job that it held, or to its being set aside.
async fn takeovers(conn: &mut Conn) -> QueryResult<Taken> {
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
            (select count(*) from reaped where since is null) as from_living
         from timed",
    )
    .get_result(conn)
    .await
}

#[derive(diesel::QueryableByName)]
struct Mails {
    #[diesel(sql_type = BigInt)]
    messages: i64,
    #[diesel(sql_type = BigInt)]
    sent: i64,
    #[diesel(sql_type = BigInt)]
    refused: i64,
    #[diesel(sql_type = BigInt)]
    uncertain: i64,
    #[diesel(sql_type = BigInt)]
    again: i64,
    #[diesel(sql_type = BigInt)]
    outside: i64,
    #[diesel(sql_type = BigInt)]
    astray: i64,
}

/// A message goes back from « leaving » to « to be sent » only when its fate was unknown: its worker died, or the mail
/// server gave no answer. Each such step explains one more copy; nothing else does.
async fn mails(conn: &mut Conn) -> QueryResult<Mails> {
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
              + (select count(*) from storm_copy where message_id not in (select message_id from email)) as astray
         from told",
    )
    .get_result(conn)
    .await
}
