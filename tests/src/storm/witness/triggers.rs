//! What lets the database write down what happens.

use diesel::QueryResult;
use diesel_async::SimpleAsyncConnection;
use schema::foundation::database::Conn;

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
