-- A token is renewed once, unless the renewal was revoked: its owner may then renew it again. First, because whoever
-- writes locks tokens before the trail, too.
drop index api_token_renewed;
create unique index api_token_renewed on api_token (renewed_from) where renewed_from is not null and revoked_at is null;

-- Entries of one transaction take their places together: one after the other, each wrote the head anew, and an import
-- that leaves an entry for each structure took as long as the square of their number.
create index audit_entry_unchained on audit_entry (id) where position is null;
create or replace function audit_chain() returns trigger language plpgsql as
$$
declare
  head audit_head;
  entry audit_entry;
begin
  if not exists (select from audit_entry where id = new.id and position is null) then
    return null; -- took its place with another of its transaction
  end if;
  select * into head from audit_head for update;
  -- Of its transaction it is the first that comes here; what other transactions have not committed is not seen.
  for entry in select * from audit_entry where position is null and id >= new.id order by id loop
    head.hash := audit_digest(head.hash, head.position + 1, entry);
    head.position := head.position + 1;
    update audit_entry set position = head.position, hash = head.hash where id = entry.id;
  end loop;
  update audit_head set position = head.position, hash = head.hash;
  return null;
end
$$;

-- Places count from 1: a row that was pushed below would be read by people and passed over by the verification. Rows of
-- before are not looked at here, because the verification finds them.
alter table audit_entry add constraint audit_entry_position check (position > 0) not valid;
