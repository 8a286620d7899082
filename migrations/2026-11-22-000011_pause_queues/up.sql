-- Queues from which no job is taken until an operator resumes them. What runs goes on; what comes waits.
create table job_pause (
  queue text primary key,
  paused_at timestamptz not null,
  -- Who, as a reference; why, in their words.
  actor text not null,
  reason text not null
);
