-- Prints `tables.rs` from the live database: `server print tables` runs it, a test compares.
-- tsvector columns are left out: they are written by PostgreSQL and only matched in SQL.
with col as (
  select c.relname as tab, a.attnum, a.attname as name, a.attnotnull as filled,
    case format_type(a.atttypid, a.atttypmod)
      when 'bigint' then 'Int8' when 'integer' then 'Int4' when 'smallint' then 'Int2' when 'text' then 'Text'
      when 'boolean' then 'Bool' when 'date' then 'Date' when 'timestamp with time zone' then 'Timestamptz'
      when 'jsonb' then 'Jsonb' when 'bytea' then 'Bytea' when 'bigint[]' then 'Array<Int8>'
      when 'text[]' then 'Array<Text>' when 'double precision' then 'Float8' when 'uuid' then 'Uuid'
    end as type
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where n.nspname = 'public' and c.relkind = 'r' and c.relname <> '__diesel_schema_migrations'
    and a.attnum > 0 and not a.attisdropped and a.atttypid <> 'tsvector'::regtype
), key as (
  select c.relname as tab, string_agg(a.attname, ', ' order by k.place) as names
  from pg_constraint p join pg_class c on c.oid = p.conrelid join pg_namespace n on n.oid = c.relnamespace
    cross join lateral unnest(p.conkey) with ordinality k(num, place)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num
  where p.contype = 'p' and n.nspname = 'public' and c.relname <> '__diesel_schema_migrations' group by c.relname
), tab as (
  select col.tab, format(E'diesel::table! {\n    /// Table `%s`.\n    %s (%s) {\n%s\n    }\n}\n', col.tab, col.tab, key.names,
    string_agg(format(E'        /// `%s`.\n        %s -> %s,', name, name,
      case when filled then type else format('Nullable<%s>', type) end), E'\n' order by attnum)) as text
  from col join key using (tab) group by col.tab, key.names
), link as (
  -- Only the single references between two tables can be joined without saying how.
  select c.relname as child, f.relname as parent, min(a.attname) as via
  from pg_constraint p join pg_class c on c.oid = p.conrelid join pg_class f on f.oid = p.confrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = p.conkey[1]
  where p.contype = 'f' and c.oid <> f.oid group by 1, 2 having count(*) = 1
)
select E'//! Generated from the database by `server print tables`: do not edit.\n\n'
  || (select string_agg(text, E'\n' order by tab collate "C") from tab) || E'\n'
  || (select string_agg(format('diesel::joinable!(%s -> %s (%s));', child, parent, via), E'\n' order by child collate "C", parent collate "C") from link)
  || E'\n\ndiesel::allow_tables_to_appear_in_same_query!(\n'
  || (select string_agg(format('    %s,', tab), E'\n' order by tab collate "C") from tab) || E'\n);\n' as text;
