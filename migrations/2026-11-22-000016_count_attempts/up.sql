-- What is slowed down when it comes too often, one row each time. Unlogged: a crash forgives everybody, and that is
-- cheaper than writing each twice.
create unlogged table attempt (
  id bigint primary key generated always as identity,
  -- A keyed hash: neither an address of the network nor one of e-mail is kept.
  key bytea not null,
  at timestamptz not null
);
create index attempt_key_at on attempt (key, at);
create index attempt_at on attempt (at);

-- The key of these hashes, the same for every server: one row, drawn by the database.
create table attempt_secret (
  single boolean primary key default true check (single),
  secret bytea not null
);
insert into attempt_secret (secret) values (
  sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
