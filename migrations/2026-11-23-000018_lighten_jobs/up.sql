-- Jobs with one chance left, which are claimed apart (`rules::is_suspect`).
create index job_suspect on job (queue, run_at, id) where state = 'READY' and crashes >= 2;

-- A job is written three times: each index costs three entries. What is over and well is found by its number or hour.
drop index job_state;
create index job_set_aside on job (state, id) where state in ('DEAD', 'CANCELLED');
-- Most jobs have no key.
alter table job drop constraint job_unique_key_key;
create unique index job_unique_key on job (unique_key) where unique_key is not null;
