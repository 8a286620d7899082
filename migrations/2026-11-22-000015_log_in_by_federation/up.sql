-- Logging in through an OpenID provider, as agents do with ProConnect.

-- Fourteen digits and the check that INSEE gives: Luhn; for the establishments of La Poste (SIREN 356000000), whose
-- numbers do not all follow it, a sum of digits that is a multiple of five.
create function is_siret(text) returns boolean
  language sql immutable strict parallel safe
  return case when $1 !~ '^[0-9]{14}$' then false else (
    select sum(case when place % 2 = 0 then digit when digit > 4 then 2 * digit - 9 else 2 * digit end) % 10 = 0
      or $1 like '356000000%' and sum(digit) % 5 = 0
    from generate_series(1, 14) as place, lateral (select substr($1, place, 1)::int as digit) as at_place) end;

-- The establishment that an agent's identity names.
alter table structure add column siret text unique check (is_siret(siret));

-- Who an account is at a provider: the subject is the provider's own name for the person, and never changes.
create table account_identity (
  id bigint primary key generated always as identity,
  account_id bigint not null references account on delete cascade,
  issuer text not null,
  subject text not null check (subject <> ''),
  created_at timestamptz not null,
  last_login_at timestamptz not null,
  unique (issuer, subject),
  unique (account_id, issuer)
);

-- Somebody on the way to the provider and back. Both secrets of the browser are kept as hashes.
create table login_attempt (
  state_hash bytea primary key,
  browser_hash bytea not null,
  nonce text not null,
  verifier text not null,
  return_to text not null,
  created_at timestamptz not null
);
create index login_attempt_created on login_attempt (created_at);

-- Somebody who came back well: the front end fetches the session with a code that is good once.
create table login_handover (
  code_hash bytea primary key,
  account_id bigint not null references account on delete cascade,
  logout_url text,
  created_at timestamptz not null
);
create index login_handover_created on login_handover (created_at);
create index login_handover_account on login_handover (account_id);

-- Where the person logs out at the provider too; it holds the provider's ID token. Emptied when the session is ended.
alter table session add column logout_url text;
