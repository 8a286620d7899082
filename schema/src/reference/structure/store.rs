//! Queries on structures. Everything about structures is public, so listings take no scope.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::model::{Structure, StructureFilter};
use crate::foundation::database::Conn;
use crate::foundation::error::Result;
use crate::foundation::page::{Page, Slice};
use crate::foundation::text;
use crate::tables::{network, structure};

crate::text_enum! {
    /// Order of a list of structures.
    StructureOrder {
        /// By name.
        Name = "NAME",
        /// By code.
        Code = "CODE",
    }
}

/// A structure by code; `None` when there is none.
pub(super) async fn by_code(conn: &mut Conn, code: &str) -> QueryResult<Option<Structure>> {
    structure::table
        .filter(structure::code.eq(code))
        .select(Structure::as_select())
        .first(conn)
        .await
        .optional()
}

/// The structure that is an establishment; `None` when we know of none.
pub(super) async fn by_siret(conn: &mut Conn, siret: &str) -> QueryResult<Option<Structure>> {
    structure::table
        .filter(structure::siret.eq(siret))
        .select(Structure::as_select())
        .first(conn)
        .await
        .optional()
}

/// Id, code and SIRET of every structure.
pub(super) async fn sirets(conn: &mut Conn) -> QueryResult<Vec<(i64, String, Option<String>)>> {
    structure::table.select((structure::id, structure::code, structure::siret)).load(conn).await
}

/// Gives structures their SIRET, or takes it away.
pub(super) async fn set_sirets(conn: &mut Conn, rows: &[(i64, Option<&str>)]) -> QueryResult<()> {
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    // Taken away first, because two may exchange theirs.
    diesel::update(structure::table.filter(structure::id.eq_any(&ids)))
        .set(structure::siret.eq(None::<String>))
        .execute(conn)
        .await?;
    let sirets: Vec<Option<&str>> = rows.iter().map(|(_, siret)| *siret).collect();
    diesel::sql_query(
        "update structure set siret = given.siret from unnest($1, $2) as given (id, siret)
         where structure.id = given.id and given.siret is not null",
    )
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Nullable<Text>>, _>(sirets)
    .execute(conn)
    .await?;
    Ok(())
}

/// The structures with these ids; unknown ids are simply missing.
pub(super) async fn by_ids(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<Structure>> {
    structure::table
        .filter(structure::id.eq_any(ids))
        .select(Structure::as_select())
        .load(conn)
        .await
}

/// The paths of these structures.
pub(super) async fn paths(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<(i64, Vec<i64>)>> {
    structure::table
        .filter(structure::id.eq_any(ids))
        .select((structure::id, structure::path))
        .load(conn)
        .await
}

/// Every structure. For imports only, which check the whole tree.
pub(super) async fn all(conn: &mut Conn) -> QueryResult<Vec<Structure>> {
    structure::table.select(Structure::as_select()).load(conn).await
}

/// The ids of the subtrees below some roots, roots included, as a subquery for other areas.
pub fn below(roots: Vec<i64>) -> structure::BoxedQuery<'static, Pg, BigInt> {
    structure::table.filter(structure::path.overlaps_with(roots)).select(structure::id).into_boxed()
}

/// The ids of the structures of one network, as a subquery for other areas.
pub fn of_network(code: String) -> structure::BoxedQuery<'static, Pg, BigInt> {
    structure::table
        .filter(
            structure::network_id
                .eq_any(network::table.filter(network::code.eq(code)).select(network::id)),
        )
        .select(structure::id)
        .into_boxed()
}

/// The ids of the structures of one département, as a subquery for other areas.
pub fn of_department(code: String) -> structure::BoxedQuery<'static, Pg, BigInt> {
    structure::table.filter(structure::department.eq(code)).select(structure::id).into_boxed()
}

fn narrowed(filter: &StructureFilter) -> structure::BoxedQuery<'static, Pg> {
    let mut query = structure::table.into_boxed();
    if let Some(id) = filter.below {
        query = query.filter(structure::path.contains(vec![id]));
    }
    if let Some(code) = &filter.network {
        let networks = network::table.filter(network::code.eq(code.clone())).select(network::id);
        query = query.filter(structure::network_id.eq_any(networks));
    }
    if let Some(code) = &filter.department {
        query = query.filter(structure::department.eq(code.clone()));
    }
    if let Some(name) = &filter.region {
        query = query.filter(structure::region.eq(name.clone()));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(structure::channels.contains(vec![channel]));
    }
    if let Some(root) = filter.root {
        query = if root {
            query.filter(structure::parent_id.is_null())
        } else {
            query.filter(structure::parent_id.is_not_null())
        };
    }
    if let Some(parent) = filter.parent {
        query = query.filter(structure::parent_id.eq(parent));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(structure::updated_at.ge(since));
    }
    if let Some(commune) = &filter.commune {
        query = query.filter(
            sql::<Bool>("unaccented(lower(structure.commune)) = unaccented(lower(")
                .bind::<Text, _>(commune.clone())
                .sql("))"),
        );
    }
    if let Some(name) = &filter.name {
        let words = text::fold(name);
        if words.is_empty() {
            // Nothing but punctuation: no name is made of that.
            query = query.filter(structure::id.lt(0));
        }
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            query = query.filter(
                sql::<Bool>("strpos(unaccented(lower(structure.name)), ")
                    .bind::<Text, _>(word.to_owned())
                    .sql(") > 0"),
            );
        }
    }
    query
}

/// One page of structures.
pub(super) async fn list(
    conn: &mut Conn,
    filter: &StructureFilter,
    order: StructureOrder,
    page: &Page,
) -> Result<Slice<Structure>> {
    let mut query = narrowed(filter).limit(page.length + 1);
    let from = page.from.as_ref();
    macro_rules! sorted {
        ($column:expr) => {
            if page.backward {
                if let Some(at) = from {
                    let (value, id) = (at.value.clone(), at.id);
                    query = query.filter(
                        $column.lt(value.clone()).or($column.eq(value).and(structure::id.lt(id))),
                    );
                }
                query = query.order(($column.desc(), structure::id.desc()));
            } else {
                if let Some(at) = from {
                    let (value, id) = (at.value.clone(), at.id);
                    query = query.filter(
                        $column.gt(value.clone()).or($column.eq(value).and(structure::id.gt(id))),
                    );
                }
                query = query.order(($column.asc(), structure::id.asc()));
            }
        };
    }
    match order {
        StructureOrder::Name => sorted!(structure::name),
        StructureOrder::Code => sorted!(structure::code),
    }
    let rows = query.select(Structure::as_select()).load(conn).await?;
    Ok(Slice::cut(page, rows))
}

/// How many structures a filter keeps.
pub(super) async fn count(conn: &mut Conn, filter: &StructureFilter) -> QueryResult<i64> {
    narrowed(filter).count().get_result(conn).await
}

/// Lets one import at a time check and write the tree.
pub(super) async fn lock_tree(conn: &mut Conn) -> QueryResult<()> {
    const KEY: i64 = 0x5350_5032;
    diesel::select(
        sql::<Bool>("pg_advisory_xact_lock(").bind::<BigInt, _>(KEY).sql(") is not null"),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// New row numbers, so that a whole tree can be written at once.
pub(super) async fn new_ids(conn: &mut Conn, count: i64) -> QueryResult<Vec<i64>> {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let numbers: Vec<Number> = diesel::sql_query(
        "select nextval(pg_get_serial_sequence('structure', 'id')) as id from generate_series(1, $1)",
    )
    .bind::<BigInt, _>(count)
    .load(conn)
    .await?;
    Ok(numbers.into_iter().map(|number| number.id).collect())
}

/// Writes structures: new ones are added, known ids are replaced, save for their creation date.
pub(super) async fn upsert(conn: &mut Conn, rows: &[Structure]) -> QueryResult<()> {
    use diesel::upsert::excluded;
    diesel::insert_into(structure::table)
        .values(rows)
        .on_conflict(structure::id)
        .do_update()
        .set((
            structure::name.eq(excluded(structure::name)),
            structure::kind.eq(excluded(structure::kind)),
            structure::network_id.eq(excluded(structure::network_id)),
            structure::parent_id.eq(excluded(structure::parent_id)),
            structure::path.eq(excluded(structure::path)),
            structure::postal_code.eq(excluded(structure::postal_code)),
            structure::commune.eq(excluded(structure::commune)),
            structure::department.eq(excluded(structure::department)),
            structure::region.eq(excluded(structure::region)),
            structure::email.eq(excluded(structure::email)),
            structure::channels.eq(excluded(structure::channels)),
            structure::testimonies_open_on.eq(excluded(structure::testimonies_open_on)),
            structure::closed_on.eq(excluded(structure::closed_on)),
            structure::updated_at.eq(excluded(structure::updated_at)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Rebuilds every path that a moved parent made wrong. Their structures have changed, too: clients that keep a copy of a
/// subtree ask what changed since.
pub(super) async fn mend_paths(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<usize> {
    diesel::sql_query(
        "with recursive tree as (
           select id, array[id] as path from structure where parent_id is null
           union all select s.id, t.path || s.id from structure s join tree t on s.parent_id = t.id)
         update structure set path = tree.path, updated_at = $1 from tree
         where structure.id = tree.id and structure.path <> tree.path",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await
}
