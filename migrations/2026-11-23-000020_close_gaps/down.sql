-- Renewals that were revoked cannot all stay in an index that wants one for each token.
update api_token set renewed_from = null where revoked_at is not null;
drop index api_token_renewed;
create unique index api_token_renewed on api_token (renewed_from) where renewed_from is not null;
alter table audit_entry drop constraint audit_entry_position;
