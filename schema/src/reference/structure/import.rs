//! Importing the reference list of structures (DOMAIN §3.5): check everything, then write at once.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::model::{Channel, Structure};
use super::rules::{self, TreeFault};
use super::store;
use crate::foundation::actor::Caller;
use crate::foundation::app::App;
use crate::foundation::database::Conn;
use crate::foundation::day::Day;
use crate::foundation::error::{Error, Result};
use crate::foundation::policy::{Action, Scope};
use crate::foundation::table::{self, Row, Table, summarise, wrong_line};
use crate::foundation::text::shown;
use crate::foundation::{audit, text};
use crate::reference::network;

const REQUIRED: [&str; 9] =
    ["code", "name", "kind", "network", "parent", "postal_code", "commune", "department", "region"];
const OPTIONAL: [&str; 4] = ["email", "channels", "testimonies_open_on", "closed_on"];
/// Rows of one INSERT: 17 columns each, below the 65,535 parameters of a statement.
const CHUNK: usize = 1000;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportReport {
    /// Lines read, without the header.
    pub read: usize,
    /// Structures added.
    pub created: usize,
    /// Structures whose line differs from what was known.
    pub updated: usize,
    /// Structures whose line says what was known.
    pub unchanged: usize,
}

/// One line, its own cells checked; ids and paths come later.
struct Line<'t> {
    line: u64,
    code: &'t str,
    parent: Option<&'t str>,
    row: Structure,
}

/// Imports a reference list. Nothing is written unless every line is right; a structure that is not
/// in the file stays as it is, because history hangs on it.
///
/// `progress` hears (rows written, rows to write).
///
/// # Errors
/// Every wrong line as a refusal; [`Error::Forbidden`] without the right to import.
pub async fn import(
    app: &App,
    caller: &Caller,
    bytes: &[u8],
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<ImportReport> {
    let reach = caller.actor.scope(Action::ImportStructures)?;
    let bytes = bytes.to_vec();
    // A large file is work for the processor: not on a thread that serves requests.
    let table = tokio::task::spawn_blocking(move || table::read(&bytes, &REQUIRED, &OPTIONAL))
        .await
        .map_err(anyhow::Error::from)?
        .map_err(Error::Refused)?;
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    conn.transaction(async |conn| {
        store::lock_tree(conn).await?;
        let networks: HashMap<String, i64> =
            network::service::all(conn).await?.into_iter().map(|n| (n.code, n.id)).collect();
        let known = store::all(conn).await?;
        let lines = check_lines(&table, &networks, app)?;
        let sorted = check_tree(&lines, &known, &reach)?;
        let rows = place(conn, sorted, &known).await?;
        let report = write(conn, now, caller, rows, &known, lines.len(), progress).await?;
        if report.created + report.updated > 0 {
            let subject = format!("structures:{}", report.created + report.updated);
            // Each network whose head the caller is finds it in its own trail.
            let roots = reach
                .subtrees()
                .map_or(vec![None], |roots| roots.iter().copied().map(Some).collect());
            for root in roots {
                audit::record(conn, now, caller, "structures.import", &subject, root).await?;
            }
        }
        Ok(report)
    })
    .await
}

/// Checks each line by itself, and that no code stands twice.
fn check_lines<'t>(
    table: &'t Table,
    networks: &HashMap<String, i64>,
    app: &App,
) -> Result<Vec<Line<'t>>> {
    let mut wrong = table.wrong.clone();
    let mut lines = Vec::with_capacity(table.rows.len());
    let mut seen: HashMap<&str, u64> = HashMap::with_capacity(table.rows.len());
    for row in &table.rows {
        match check_line(row, networks, app) {
            Ok(line) => match seen.entry(line.code) {
                Entry::Occupied(first) => wrong.push(wrong_line(
                    row.line,
                    format!("le code « {} » est déjà à la ligne {}.", line.code, first.get()),
                )),
                Entry::Vacant(free) => {
                    free.insert(line.line);
                    lines.push(line);
                }
            },
            Err(reason) => wrong.push(wrong_line(row.line, reason)),
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(Error::Refused(summarise(wrong))) }
}

fn check_line<'t>(
    row: &'t Row,
    networks: &HashMap<String, i64>,
    app: &App,
) -> std::result::Result<Line<'t>, String> {
    let mut reasons = Vec::new();
    let mut filled = |column: usize, name: &str| {
        text::required(row.cell(column), rules::NAME_LENGTH, false, &[]).unwrap_or_else(|refusal| {
            reasons.push(format!("colonne {name} : {}", refusal.message));
            String::new()
        })
    };
    let (name, kind) = (filled(1, "name"), filled(2, "kind"));
    let (commune, region) = (filled(6, "commune"), filled(8, "region"));
    let mut day = |column: usize, name: &str| match row.cell(column) {
        "" => None,
        cell => {
            let day = Day::read(cell);
            if day.is_none() {
                reasons.push(format!(
                    "colonne {name} : « {} » n'est pas une date AAAA-MM-JJ entre 1900 et 2199.",
                    shown(cell)
                ));
            }
            day
        }
    };
    let (testimonies_open_on, closed_on) = (day(11, "testimonies_open_on"), day(12, "closed_on"));
    let code = row.cell(0);
    if !rules::is_code(code) {
        reasons
            .push(format!("le code « {} » doit compter 4 à 20 lettres ou chiffres.", shown(code)));
    }
    if !rules::is_postal_code(row.cell(5)) {
        reasons
            .push(format!("« {} » n'est pas un code postal à cinq chiffres.", shown(row.cell(5))));
    }
    if !rules::is_department(row.cell(7)) {
        reasons.push(format!("« {} » n'est pas un code de département.", shown(row.cell(7))));
    }
    let network_id = networks.get(row.cell(3)).copied();
    if network_id.is_none() {
        reasons.push(format!("le réseau « {} » est inconnu.", shown(row.cell(3))));
    }
    let email = match row.cell(9) {
        "" => None,
        cell => text::email(cell, &[])
            .map_err(|refusal| reasons.push(format!("colonne email : {}", refusal.message)))
            .ok(),
    };
    let mut channels = Vec::new();
    for word in row.cell(10).split([',', '|', ' ']).filter(|word| !word.is_empty()) {
        match word.parse::<Channel>() {
            Ok(channel) if !channels.contains(&channel) => channels.push(channel),
            Ok(_) => {}
            Err(_) => reasons.push(format!("le canal « {} » est inconnu.", shown(word))),
        }
    }
    channels.sort();
    let (Some(network_id), true) = (network_id, reasons.is_empty()) else {
        return Err(reasons.join(" "));
    };
    let now = app.clock.now();
    Ok(Line {
        line: row.line,
        code,
        parent: Some(row.cell(4)).filter(|parent| !parent.is_empty()),
        row: Structure {
            id: 0,
            code: code.to_owned(),
            name,
            kind,
            network_id,
            parent_id: None,
            path: vec![],
            postal_code: row.cell(5).to_owned(),
            commune,
            department: row.cell(7).to_owned(),
            region,
            email,
            channels,
            testimonies_open_on,
            closed_on,
            created_at: now,
            updated_at: now,
        },
    })
}

/// Checks the lines together: known parents, no circle, one network per tree, within the importer's
/// reach. Gives them back with every parent before its children.
fn check_tree<'l, 't>(
    lines: &'l [Line<'t>],
    known: &'l [Structure],
    reach: &Scope,
) -> Result<Vec<&'l Line<'t>>> {
    let by_id: HashMap<i64, &Structure> = known.iter().map(|s| (s.id, s)).collect();
    let by_code: HashMap<&str, &Structure> = known.iter().map(|s| (s.code.as_str(), s)).collect();
    let in_file: HashMap<&str, &Line<'t>> = lines.iter().map(|line| (line.code, line)).collect();

    // The tree as it will be: what is known, overlaid by the file.
    let mut parents: HashMap<&str, Option<&str>> = known
        .iter()
        .map(|s| {
            (s.code.as_str(), s.parent_id.and_then(|id| by_id.get(&id)).map(|p| p.code.as_str()))
        })
        .collect();
    parents.extend(lines.iter().map(|line| (line.code, line.parent)));

    // What the file does not name stays below as it is, so it must be of the network that the file gives its parent.
    let left_behind: HashSet<&str> = known
        .iter()
        .filter(|below| !in_file.contains_key(below.code.as_str()))
        .filter_map(|below| {
            let above = in_file.get(by_id.get(&below.parent_id?)?.code.as_str())?;
            (above.row.network_id != below.network_id).then_some(above.code)
        })
        .collect();

    let mut wrong = Vec::new();
    for line in lines {
        let within_before = by_code.get(line.code).is_none_or(|before| reach.covers(&before.path));
        let (network, within) = match line.parent {
            None => (
                Some(line.row.network_id),
                // A network head describes the own root, but makes none, nor gives it to another network.
                reach.subtrees().is_none()
                    || by_code.get(line.code).is_some_and(|before| {
                        before.parent_id.is_none() && before.network_id == line.row.network_id
                    }),
            ),
            Some(parent) => match (in_file.get(parent), by_code.get(parent)) {
                (Some(above), _) => (Some(above.row.network_id), true),
                (None, Some(above)) => (Some(above.network_id), reach.covers(&above.path)),
                (None, None) => {
                    wrong.push(wrong_line(
                        line.line,
                        format!("la structure parente « {} » est inconnue.", shown(parent)),
                    ));
                    continue;
                }
            },
        };
        if network != Some(line.row.network_id) {
            wrong
                .push(wrong_line(line.line, "le réseau diffère de celui de la structure parente."));
        }
        if left_behind.contains(line.code) {
            wrong.push(wrong_line(
                line.line,
                "des structures en dessous, absentes du fichier, sont d'un autre réseau.",
            ));
        }
        if !within || !within_before {
            wrong.push(wrong_line(line.line, "cette structure est hors de votre réseau."));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Refused(summarise(wrong)));
    }

    let mut order: Vec<&str> = lines.iter().map(|line| line.code).collect();
    order.extend(known.iter().map(|s| s.code.as_str()).filter(|code| !in_file.contains_key(code)));
    let sorted = rules::parents_first(&parents, &order).map_err(|(code, fault)| {
        let culprit = culprit(code, fault, &parents, &in_file);
        let reason = match fault {
            TreeFault::Cycle => "les structures parentes forment une boucle.".to_owned(),
            TreeFault::TooDeep => format!("l'arbre dépasse {} niveaux.", rules::MAX_DEPTH),
        };
        let (line, code) = culprit.map_or((0, code), |line| (line.line, line.code));
        Error::Refused(vec![wrong_line(line, format!("à partir de « {code} », {reason}"))])
    })?;
    Ok(sorted.into_iter().filter_map(|code| in_file.get(code).copied()).collect())
}

/// The line to mend for a fault that was met at a code: the first of the circle, or the nearest above what
/// stands too deep. What is known already has neither fault, so there is always one.
fn culprit<'l, 't>(
    code: &'l str,
    fault: TreeFault,
    parents: &HashMap<&'l str, Option<&'l str>>,
    in_file: &HashMap<&'l str, &'l Line<'t>>,
) -> Option<&'l Line<'t>> {
    let above = |code: &&'l str| parents.get(code).copied().flatten();
    match fault {
        TreeFault::TooDeep => {
            std::iter::successors(Some(code), above).find_map(|code| in_file.get(code).copied())
        }
        TreeFault::Cycle => {
            // As many steps as there are structures end inside the circle.
            let inside = std::iter::successors(Some(code), above).nth(parents.len())?;
            let rest = std::iter::successors(above(&inside), above).take_while(|at| *at != inside);
            let circle = std::iter::once(inside).chain(rest);
            circle.filter_map(|code| in_file.get(code).copied()).min_by_key(|line| line.line)
        }
    }
}

/// Gives ids, parents and paths. A structure that did not change keeps its own row.
async fn place(
    conn: &mut Conn,
    sorted: Vec<&Line<'_>>,
    known: &[Structure],
) -> Result<Vec<Structure>> {
    let by_code: HashMap<&str, &Structure> = known.iter().map(|s| (s.code.as_str(), s)).collect();
    let missing = sorted.iter().filter(|line| !by_code.contains_key(line.code)).count();
    let mut new_ids = store::new_ids(conn, i64::try_from(missing).unwrap_or(0)).await?.into_iter();
    let mut paths: HashMap<&str, Vec<i64>> = HashMap::with_capacity(sorted.len());
    let mut rows = Vec::with_capacity(sorted.len());
    for line in sorted {
        let before = by_code.get(line.code);
        let id = match before {
            Some(before) => before.id,
            None => new_ids.next().ok_or_else(|| anyhow::anyhow!("too few new ids"))?,
        };
        let mut path = match line.parent {
            None => vec![],
            Some(parent) => match paths.get(parent) {
                Some(path) => path.clone(),
                None => by_code.get(parent).map(|s| s.path.clone()).unwrap_or_default(),
            },
        };
        let parent_id = path.last().copied();
        path.push(id);
        paths.insert(line.code, path.clone());
        rows.push(Structure {
            id,
            parent_id,
            path,
            created_at: before.map_or(line.row.created_at, |before| before.created_at),
            ..line.row.clone()
        });
    }
    Ok(rows)
}

async fn write(
    conn: &mut Conn,
    now: DateTime<Utc>,
    caller: &Caller,
    rows: Vec<Structure>,
    known: &[Structure],
    read: usize,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<ImportReport> {
    let by_id: HashMap<i64, &Structure> = known.iter().map(|s| (s.id, s)).collect();
    let same = |row: &Structure| {
        by_id.get(&row.id).is_some_and(|before| {
            Structure { updated_at: before.updated_at, ..row.clone() } == **before
        })
    };
    let changed: Vec<Structure> = rows.into_iter().filter(|row| !same(row)).collect();
    let created = changed.iter().filter(|row| !by_id.contains_key(&row.id)).count();
    for (number, chunk) in changed.chunks(CHUNK).enumerate() {
        store::upsert(conn, chunk).await?;
        progress((number * CHUNK + chunk.len()).min(changed.len()), changed.len());
    }
    let differing = |differs: fn(&Structure, &Structure) -> bool| -> Vec<i64> {
        let known =
            |row: &&Structure| by_id.get(&row.id).is_some_and(|before| differs(before, row));
        changed.iter().filter(known).map(|row| row.id).collect()
    };
    // What decides about rights, and about what exists, has an entry of its own.
    let moved = differing(|before, row| before.parent_id != row.parent_id);
    let closed =
        differing(|before, row| before.closed_on != row.closed_on && row.closed_on.is_some());
    let reopened = differing(|before, row| before.closed_on.is_some() && row.closed_on.is_none());
    audit::record_each(conn, now, caller, "structure.move", &moved).await?;
    audit::record_each(conn, now, caller, "structure.close", &closed).await?;
    audit::record_each(conn, now, caller, "structure.reopen", &reopened).await?;
    if !moved.is_empty() {
        store::mend_paths(conn, now).await?;
    }
    Ok(ImportReport {
        read,
        created,
        updated: changed.len() - created,
        unchanged: read - changed.len(),
    })
}
