-- Places count from 1: a row that was pushed below would be read by people and passed over by the verification. Rows of
-- before are not looked at here, because the verification finds them.
alter table audit_entry add constraint audit_entry_position check (position > 0) not valid;

-- A token is renewed once, unless the renewal was revoked: its owner may then renew it again.
drop index api_token_renewed;
create unique index api_token_renewed on api_token (renewed_from) where renewed_from is not null and revoked_at is null;
