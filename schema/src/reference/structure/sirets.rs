//! Importing which establishment each structure is, by its SIRET: what logs agents in where they work. A file of its
//! own, and nothing that a network head may send: whoever sets a SIRET decides who comes in where.

use std::collections::HashMap;

use diesel_async::AsyncConnection;

use super::rules::is_siret;
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::audit;
use crate::foundation::error::{Error, Refusal, Result};
use crate::foundation::policy::Action;
use crate::foundation::table::{self, Row, Table, summarise, wrong_line};
use crate::foundation::text::shown;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiretReport {
    /// Lines read, without the header.
    pub read: usize,
    /// Structures that have another SIRET now, or none.
    pub updated: usize,
}

/// One line: a structure, and what it shall have.
struct Line {
    line: u64,
    id: i64,
    siret: Option<String>,
}

/// Imports lines of `code` and `siret`; an empty SIRET takes away what is known. Nothing is written unless every line
/// is right; a structure that is not in the file keeps its own, and two may exchange theirs.
///
/// # Errors
/// Every wrong line as a refusal; [`Error::Forbidden`] for whom the right to import does not hold everywhere.
pub async fn import(app: &App, caller: &Caller, bytes: &[u8]) -> Result<SiretReport> {
    if caller.actor.scope(Action::ImportStructures)?.subtrees().is_some() {
        return Err(Error::Forbidden);
    }
    let table = table::read(bytes, &["code", "siret"], &[]).map_err(Error::Refused)?;
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        store::lock_tree(conn).await?;
        let known = store::sirets(conn).await?;
        let lines = check(&table, &known)?;
        let before: HashMap<i64, Option<&str>> =
            known.iter().map(|(id, _, siret)| (*id, siret.as_deref())).collect();
        let changed: Vec<(i64, Option<&str>)> = lines
            .iter()
            .map(|line| (line.id, line.siret.as_deref()))
            .filter(|(id, siret)| before.get(id) != Some(siret))
            .collect();
        store::set_sirets(conn, &changed).await?;
        let ids: Vec<i64> = changed.iter().map(|(id, _)| *id).collect();
        audit::record_each(conn, app.clock.now(), caller, "structure.siret", &ids).await?;
        Ok(SiretReport { read: lines.len(), updated: changed.len() })
    })
    .await
}

/// Checks each line, and that no SIRET will be two structures'.
fn check(table: &Table, known: &[(i64, String, Option<String>)]) -> Result<Vec<Line>> {
    let ids: HashMap<&str, i64> = known.iter().map(|(id, code, _)| (code.as_str(), *id)).collect();
    let mut wrong: Vec<Refusal> = table.wrong.clone();
    let mut given: HashMap<i64, u64> = HashMap::new();
    let mut lines = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match read(row, &ids, &mut given) {
            Ok(line) => lines.push(line),
            Err(reason) => wrong.push(wrong_line(row.line, reason)),
        }
    }
    // What the file does not name keeps its SIRET.
    let kept = known.iter().filter(|(id, ..)| !given.contains_key(id));
    let mut taken: HashMap<&str, String> = kept
        .filter_map(|(_, code, siret)| {
            Some((siret.as_deref()?, format!("à la structure « {code} »")))
        })
        .collect();
    for line in &lines {
        let Some(siret) = line.siret.as_deref() else { continue };
        if let Some(whose) = taken.insert(siret, format!("à la ligne {}", line.line)) {
            wrong.push(wrong_line(line.line, format!("le SIRET {siret} est déjà {whose}.")));
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(Error::Refused(summarise(wrong))) }
}

/// Reads one line by itself. `given` remembers which structure stands on which line.
fn read(
    row: &Row,
    ids: &HashMap<&str, i64>,
    given: &mut HashMap<i64, u64>,
) -> std::result::Result<Line, String> {
    let code = row.cell(0);
    let unknown = || format!("aucune structure n'a le code « {} ».", shown(code));
    let id = *ids.get(code).ok_or_else(unknown)?;
    if let Some(first) = given.insert(id, row.line) {
        return Err(format!("le code « {code} » est déjà à la ligne {first}."));
    }
    // People write it in groups.
    let siret: String = row.cell(1).chars().filter(|letter| !letter.is_whitespace()).collect();
    if !siret.is_empty() && !is_siret(&siret) {
        return Err(format!(
            "« {} » n'est pas un SIRET (quatorze chiffres, dont une clé) : mettez la colonne au format texte.",
            shown(&siret)
        ));
    }
    Ok(Line { line: row.line, id, siret: Some(siret).filter(|siret| !siret.is_empty()) })
}
