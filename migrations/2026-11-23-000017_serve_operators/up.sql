-- The number that operators know of: what they were told last, or less when it has fallen since. Programs of the
-- version before go on without it while they are replaced.
alter table incident add column told bigint not null default 0;
update incident set told = figure;
-- How often they were told that there is much more of it.
alter table incident add column growths integer not null default 0;

-- Since when looks follow each other without a gap: what nobody looked for is not over.
alter table incident_watch add column steady_since timestamptz not null default now();

-- What ended lately is counted for operators: the whole ledger would be read otherwise. A message enters it once.
create index email_ended on email (updated_at, kind, status) where status in ('SENT', 'FAILED', 'SKIPPED');
