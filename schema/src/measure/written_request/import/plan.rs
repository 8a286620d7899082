//! Checking the lines together and against what is known: what is new, what changes.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::lines::{Line, Lines, reason};
use crate::foundation::database::Conn;
use crate::foundation::error::{Error, Refusal, Refuse, Result};
use crate::foundation::table::{summarise, wrong_line};
use crate::foundation::text;
use crate::measure::written_request::model::{NewWrittenRequest, WrittenRequest};
use crate::measure::written_request::rules::Entry;
use crate::measure::written_request::store;
use crate::reference::structure;
use crate::reference::structure::model::Structure;

/// References looked up in one statement.
const LOOKED_UP: usize = 5000;

/// What an import has to write.
pub(super) struct Plan {
    /// Rows to add.
    pub new: Vec<NewWrittenRequest>,
    /// Rows whose contents change.
    pub changed: Vec<NewWrittenRequest>,
}

/// Lines by structure and reference.
type Placed = HashMap<i64, HashMap<String, Line>>;

/// Plans an import, or tells every wrong line.
pub(super) async fn make(
    conn: &mut Conn,
    root: &Structure,
    lines: Lines,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<Plan> {
    let Lines { right, mut wrong } = lines;
    let mut placed = place(conn, root, right, &mut wrong).await?;
    let mut structures: Vec<i64> = placed.keys().copied().collect();
    structures.sort_unstable();
    store::lock_imports(conn, &structures).await?;
    let mut changed = Vec::new();
    for (structure_id, lines) in &mut placed {
        for known in known(conn, *structure_id, lines).await? {
            let Some(line) = lines.remove(&known.reference) else { continue };
            let before = Entry::of(&known);
            let after = line.entry.over(&before);
            let faults = after.dates().faults(today);
            if !faults.is_empty() {
                let reasons: Vec<String> = faults.iter().map(|f| reason(&f.refusal())).collect();
                wrong.push(wrong_line(line.line, reasons.join(" ")));
            } else if after != before {
                changed.push((line.line, after.into_row(*structure_id, known.reference, now)));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Refused(summarise(wrong)));
    }
    let mut new: Vec<(u64, NewWrittenRequest)> = placed
        .into_iter()
        .flat_map(|(structure_id, lines)| {
            lines.into_iter().map(move |(reference, line)| {
                (line.line, line.entry.into_row(structure_id, reference, now))
            })
        })
        .collect();
    // In the file's order, so that the register reads like the spreadsheet did.
    new.sort_unstable_by_key(|(line, _)| *line);
    changed.sort_unstable_by_key(|(line, _)| *line);
    let rows = |numbered: Vec<(u64, NewWrittenRequest)>| {
        numbered.into_iter().map(|(_, row)| row).collect()
    };
    Ok(Plan { new: rows(new), changed: rows(changed) })
}

/// Puts each line into its structure; no reference may stand there twice.
async fn place(
    conn: &mut Conn,
    root: &Structure,
    lines: Vec<Line>,
    wrong: &mut Vec<Refusal>,
) -> Result<Placed> {
    let mut structures: HashMap<String, Option<i64>> = HashMap::new();
    let mut placed: Placed = HashMap::new();
    for line in lines {
        let structure_id = match &line.structure {
            None => Some(root.id),
            Some(code) => match structures.get(code) {
                Some(known) => *known,
                None => {
                    let found = below(conn, root, code).await?;
                    structures.insert(code.clone(), found);
                    found
                }
            },
        };
        let Some(structure_id) = structure_id else {
            let code = line.structure.unwrap_or_default();
            let shown = text::shown(&code);
            wrong.push(wrong_line(
                line.line,
                format!("colonne structure : « {shown} » n'est ni « {} » ni une structure placée sous elle.", root.code),
            ));
            continue;
        };
        let reference = line.entry.reference.clone().unwrap_or_default();
        let there = placed.entry(structure_id).or_default();
        if let Some(first) = there.get(&reference) {
            wrong.push(wrong_line(
                line.line,
                format!("colonne reference : « {reference} » est déjà à la ligne {}.", first.line),
            ));
        } else {
            there.insert(reference, line);
        }
    }
    Ok(placed)
}

/// A structure of the import's subtree, by code.
async fn below(conn: &mut Conn, root: &Structure, code: &str) -> Result<Option<i64>> {
    match structure::service::resolve(conn, code).await {
        Ok(found) => Ok(found.path.contains(&root.id).then_some(found.id)),
        Err(Error::Refused(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The requests of a structure that lines speak of, locked.
async fn known(
    conn: &mut Conn,
    structure_id: i64,
    lines: &HashMap<String, Line>,
) -> Result<Vec<WrittenRequest>> {
    let mut references: Vec<&str> = lines.keys().map(String::as_str).collect();
    references.sort_unstable();
    let mut known = Vec::new();
    for chunk in references.chunks(LOOKED_UP) {
        known.extend(store::by_references(conn, structure_id, chunk).await?);
    }
    Ok(known)
}
