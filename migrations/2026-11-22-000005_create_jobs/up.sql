-- The durable queue, the ledger of e-mails and the schedules (docs/operating.md).

create table job (
  id bigint primary key generated always as identity,
  queue text not null,
  kind text not null,
  -- The business event behind the job: the same event enqueues once, for ever.
  unique_key text unique,
  -- Jobs that gather events: while one waits, the next event only moves its hour. Let go when the job
  -- starts, so that later events gather anew and a retry never meets them.
  debounce_key text,
  payload jsonb not null,
  -- A claim looks at these levels one by one; another level would never run.
  priority smallint not null default 0 check (priority in (10, 0, -10)),
  state text not null default 'READY' check (state in ('READY', 'RUNNING', 'DONE', 'DEAD', 'CANCELLED')),
  run_at timestamptz not null,
  attempt integer not null default 0,
  max_attempts integer not null,
  -- Runs that ended with their process: counted apart, because three of them set a job aside.
  crashes integer not null default 0,
  -- The fence: an acknowledgement with an old number changes nothing.
  lease_no bigint not null default 0,
  lease_until timestamptz,
  worker text,
  request_id text,
  error text,
  -- What a sweep did, for operators: counts and ids.
  report jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  check ((state = 'RUNNING') = (lease_until is not null))
);
create index job_ready on job (queue, priority, run_at, id) where state = 'READY';
create index job_running on job (lease_until) where state = 'RUNNING';
create index job_state on job (state, id);
create index job_kind on job (kind, id);
create index job_finished on job (finished_at) where finished_at is not null;
create unique index job_debounce on job (debounce_key) where state = 'READY';

-- Every job leaves two dead rows behind: clean early, or claims walk over them.
alter table job set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

create function notify_job() returns trigger language plpgsql as $$
begin
  perform pg_notify('job', new.queue);
  return null;
end $$;
create trigger job_inserted after insert on job for each row execute function notify_job();
create trigger job_released after update on job for each row
  when (new.state = 'READY' and (old.state <> 'READY' or new.run_at < old.run_at)) execute function notify_job();

-- One row per message. Unique by kind, subject, stage and recipient; recipients and subjects are
-- references (« account:12 »), so the ledger holds no address.
create table email (
  id bigint primary key generated always as identity,
  kind text not null,
  subject text not null,
  stage text not null,
  recipient text not null,
  message_id text not null unique,
  status text not null check (status in ('PREPARED', 'SENDING', 'SENT', 'FAILED', 'UNCERTAIN', 'SKIPPED')),
  -- Why it waits, failed or was left out, for people; never an address.
  reason text,
  -- The job that carries it: a row found SENDING by a later run of the same job was interrupted.
  job_id bigint references job on delete set null,
  -- Hand-overs tried.
  attempts integer not null default 0,
  prepared_at timestamptz not null,
  sending_at timestamptz,
  sent_at timestamptz,
  updated_at timestamptz not null,
  unique (kind, subject, stage, recipient)
);
create index email_subject on email (subject, id);
create index email_status on email (status, id);
create index email_job on email (job_id) where job_id is not null;

-- What a grouped message tells about each thing. « told » becomes true when the message is handed over,
-- and from then on no other message may tell the same stage to the same person.
create table email_mention (
  id bigint primary key generated always as identity,
  email_id bigint not null references email on delete cascade,
  kind text not null,
  subject text not null,
  stage text not null,
  recipient text not null,
  told boolean not null default false,
  unique (email_id, kind, subject, stage)
);
create unique index email_mention_told on email_mention (kind, subject, stage, recipient) where told;
create index email_mention_subject on email_mention (subject, id);

-- Where each schedule stands: every tick planned until then is a job, or was merged into a later one.
create table schedule (
  name text primary key,
  last_tick timestamptz not null
);
