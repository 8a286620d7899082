-- Renewals that were revoked cannot all stay in an index that wants one for each token.
update api_token set renewed_from = null where revoked_at is not null;
drop index api_token_renewed;
create unique index api_token_renewed on api_token (renewed_from) where renewed_from is not null;
alter table audit_entry drop constraint audit_entry_position;

drop index audit_entry_unchained;
create or replace function audit_chain() returns trigger language plpgsql as
$$
declare
  head audit_head;
  sealed bytea;
begin
  select * into head from audit_head for update;
  sealed := audit_digest(head.hash, head.position + 1, new);
  update audit_entry set position = head.position + 1, hash = sealed where id = new.id;
  update audit_head set position = head.position + 1, hash = sealed;
  return null;
end
$$;
