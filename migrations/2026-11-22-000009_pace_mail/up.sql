-- When the next message may leave, for all workers together: one row, moved on by each message.
create table mail_pace (
  id boolean primary key default true check (id),
  next_at timestamptz not null
);
insert into mail_pace (next_at) values ('-infinity');
-- An event that is long over takes its links with it.
create index committee_link_starts on committee_link (starts_at);
