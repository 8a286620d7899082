-- The audit trail becomes a chain: each entry carries a hash of itself and of the one before, so that an edit or
-- a gap shows. Entries take their place when their transaction commits, one after the other.

create table audit_head (
  id boolean primary key default true check (id),
  position bigint not null,
  hash bytea not null
);
insert into audit_head (position, hash) values (0, decode(repeat('00', 32), 'hex'));

alter table audit_entry
  add column position bigint unique,
  add column hash bytea;

-- A field as it goes into the hash: its length first, so that no two fields run together; '-' when absent.
create function audit_field(field text) returns text language sql immutable as
$$ select coalesce(octet_length(convert_to(field, 'UTF8')) || ':' || field, '-') $$;

-- The hash of an entry at a place. `server audit verify` computes the same, in Rust.
create function audit_digest(previous bytea, place bigint, entry audit_entry) returns bytea language sql stable as
$$
  select sha256(previous || convert_to(
    audit_field(place::text) || audit_field(((extract(epoch from entry.at) * 1000000)::bigint)::text)
      || audit_field(entry.actor) || audit_field(entry.action) || audit_field(entry.subject)
      || audit_field(entry.structure_id::text) || audit_field(entry.request_id), 'UTF8'))
$$;

create function audit_chain() returns trigger language plpgsql as
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

-- At the commit, when nothing else is locked afterwards: no deadlock, and the shortest wait.
create constraint trigger audit_chained after insert on audit_entry
  deferrable initially deferred for each row execute function audit_chain();

-- Entries of before, in their order.
do $$
declare
  entry audit_entry;
  head audit_head;
  sealed bytea;
begin
  for entry in select * from audit_entry order by id loop
    select * into head from audit_head;
    sealed := audit_digest(head.hash, head.position + 1, entry);
    update audit_entry set position = head.position + 1, hash = sealed where id = entry.id;
    update audit_head set position = head.position + 1, hash = sealed;
  end loop;
end
$$;

create index audit_entry_structure on audit_entry (structure_id, position);
create index audit_entry_actor on audit_entry (actor, position);
