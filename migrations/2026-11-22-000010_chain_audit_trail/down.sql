drop trigger audit_chained on audit_entry;
drop function audit_chain();
drop function audit_digest(bytea, bigint, audit_entry);
drop function audit_field(text);
drop index audit_entry_structure;
drop index audit_entry_actor;
alter table audit_entry drop column position, drop column hash;
drop table audit_head;
