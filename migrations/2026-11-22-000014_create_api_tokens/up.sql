-- Keys of programs: each acts with the rights of its owner, on one structure and all below it.
create table api_token (
  id bigint primary key generated always as identity,
  account_id bigint not null references account on delete cascade,
  name text not null,
  -- The first characters of the secret, by which people tell tokens apart.
  prefix text not null check (length(prefix) = 8),
  -- SHA-256 of the token: the token itself is shown once and never stored.
  token_hash bytea not null unique,
  access text not null check (access in ('READ', 'READ_WRITE')),
  -- The root of the subtree where the token holds.
  structure_id bigint not null references structure,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  renewed_from bigint references api_token on delete set null,
  check (expires_at > created_at)
);
create index api_token_account on api_token (account_id);
create index api_token_structure on api_token (structure_id);
-- Those that expire next.
create index api_token_expiry on api_token (expires_at, id) where revoked_at is null;
-- Each is renewed once.
create unique index api_token_renewed on api_token (renewed_from) where renewed_from is not null;
