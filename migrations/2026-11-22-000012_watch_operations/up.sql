-- Runs that failed and what operators did, oldest first: the columns of a job tell of its last run only.
alter table job add column history jsonb not null default '[]';
-- The latest fifty steps, the one to come included: live events may be tried for a month.
create function kept_history(history jsonb) returns jsonb language sql immutable parallel safe as $$
  select case when jsonb_array_length(history) >= 50 then history - 0 else history end
$$;

-- What is out of order, from the moment it was seen until it was not seen any more for a while.
create table incident (
  id bigint primary key generated always as identity,
  kind text not null check (kind in ('QUEUE_LATE', 'SCHEDULE_MISSED', 'JOBS_DEAD', 'MAIL_FAILING')),
  -- The queue, schedule or kind of job; empty for e-mail as a whole.
  subject text not null,
  -- The worst that was seen: seconds of delay, or how many.
  figure bigint not null,
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  closed_at timestamptz
);
create unique index incident_open on incident (kind, subject) where closed_at is null;

-- When somebody last looked: every worker may, one at a time does.
create table incident_watch (
  single boolean primary key default true check (single),
  watched_at timestamptz not null
);
