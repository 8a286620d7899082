//! Reading structures: public.

use std::collections::HashMap;

use super::model::{Structure, StructureFilter};
use super::store::{self, StructureOrder};
use crate::foundation::app::App;
use crate::foundation::database::{Conn, Pool};
use crate::foundation::error::{Code, Refusal, Result};
use crate::foundation::id;
use crate::foundation::page::{Page, Slice};
use crate::foundation::text::shown;

/// A structure by its code; `None` when there is none.
///
/// # Errors
/// Internal only.
pub async fn by_code(app: &App, code: &str) -> Result<Option<Structure>> {
    Ok(store::by_code(&mut *app.pool.get().await?, code).await?)
}

/// The structures with these ids; unknown ids are missing.
///
/// # Errors
/// Internal only.
pub async fn by_ids(pool: &Pool, ids: &[i64]) -> Result<Vec<Structure>> {
    Ok(store::by_ids(&mut *pool.get().await?, ids).await?)
}

/// The structures with these ids, on a connection that is held; unknown ids are missing.
///
/// # Errors
/// Internal only.
pub async fn find_all(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Structure>> {
    Ok(store::by_ids(conn, ids).await?)
}

/// The structure that is an establishment, by its SIRET; `None` when we know of none.
///
/// # Errors
/// Internal only.
pub async fn by_siret(conn: &mut Conn, siret: &str) -> Result<Option<Structure>> {
    Ok(store::by_siret(conn, siret).await?)
}

/// A structure by row number; `None` when there is none.
///
/// # Errors
/// Internal only.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<Structure>> {
    Ok(store::by_ids(conn, &[id]).await?.pop())
}

/// The paths of some structures from the root, themselves included; unknown ids are missing.
///
/// # Errors
/// Internal only.
pub async fn paths(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<i64>>> {
    Ok(store::paths(conn, ids).await?.into_iter().collect())
}

/// Finds a structure by what people have at hand: its code, or its global id.
///
/// # Errors
/// A refusal `UNKNOWN_STRUCTURE` when neither leads anywhere.
pub async fn resolve(conn: &mut Conn, reference: &str) -> Result<Structure> {
    let found = match id::parse(reference) {
        Some((kind, number)) if kind == "Structure" => store::by_ids(conn, &[number]).await?.pop(),
        _ => store::by_code(conn, reference).await?,
    };
    found.ok_or_else(|| {
        Refusal::at(
            Code::UnknownStructure,
            format!("Aucune structure n'a le code ou l'identifiant « {} ».", shown(reference)),
            &["structure"],
        )
        .into()
    })
}

/// One page of structures.
///
/// # Errors
/// Internal only.
pub async fn list(
    app: &App,
    filter: &StructureFilter,
    order: StructureOrder,
    page: &Page,
) -> Result<Slice<Structure>> {
    store::list(&mut *app.pool.get().await?, filter, order, page).await
}

/// How many structures a filter keeps.
///
/// # Errors
/// Internal only.
pub async fn count(app: &App, filter: &StructureFilter) -> Result<i64> {
    Ok(store::count(&mut *app.pool.get().await?, filter).await?)
}
