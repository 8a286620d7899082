//! Spreadsheets that come in: UTF-8 text, `;` or `,` or tab, a header line. Every wrong line is
//! reported with its number; nothing is written by this module.

use super::error::{Code, Refusal};
use super::text::shown;

/// Wrong lines reported in full; the rest is only counted, so that a wholly wrong file stays readable.
pub const REPORTED_LINES: usize = 100;

/// A parsed file: each row knows the line it came from.
#[derive(Debug)]
pub struct Table {
    /// The rows, in the file's order.
    pub rows: Vec<Row>,
    /// Lines that are no rows, so that they are told together with what is wrong in the others.
    pub wrong: Vec<Refusal>,
}

/// One line of the file, its cells in the order of the columns asked for.
#[derive(Debug)]
pub struct Row {
    /// Line number in the file, the header being line 1.
    pub line: u64,
    cells: Vec<String>,
}

impl Row {
    /// The trimmed text of a column, by its place among the columns asked for.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// A wrong line: its number and the reason, as one refusal.
pub fn wrong_line(line: u64, reason: impl std::fmt::Display) -> Refusal {
    Refusal {
        code: Code::FileLine,
        message: format!("Ligne {line} : {reason}"),
        path: vec!["csv".into(), line.to_string()],
    }
}

/// Puts wrong lines in the file's order, keeps the first and counts the rest.
pub fn summarise(mut wrong: Vec<Refusal>) -> Vec<Refusal> {
    let total = wrong.len();
    wrong.sort_by_key(|fault| fault.path.get(1).and_then(|line| line.parse::<u64>().ok()));
    if total > REPORTED_LINES {
        wrong.truncate(REPORTED_LINES);
        wrong.push(Refusal::at(
            Code::FileLine,
            format!("… et {} autres lignes à corriger.", total - REPORTED_LINES),
            &["csv"],
        ));
    }
    wrong
}

/// Checks the size of a file that came through the API. A file on the machine's own disk has no limit.
///
/// # Errors
/// `FILE_TOO_LARGE`, with the limit.
pub fn within(bytes: usize, limit: usize) -> Result<(), Refusal> {
    if bytes <= limit {
        return Ok(());
    }
    let message =
        format!("Le fichier compte {bytes} octets ; la limite est de {limit} : découpez-le.");
    Err(Refusal::at(Code::FileTooLarge, message, &["csv"]))
}

/// Reads a file that must have at least the `required` columns; `optional` ones may be absent.
/// Columns may stand in any order; unknown ones are refused, because a misspelt optional column
/// would otherwise be lost in silence.
///
/// # Errors
/// A refusal about the encoding or the header. Lines with a wrong number of cells are in the table.
pub fn read(bytes: &[u8], required: &[&str], optional: &[&str]) -> Result<Table, Vec<Refusal>> {
    // With both characters at the end of lines the reader would count one line too few.
    let text = decode(bytes).map_err(|refusal| vec![refusal])?.replace("\r\n", "\n");
    let header_line = text.lines().next().unwrap_or_default();
    let separator = [';', '\t', ',']
        .into_iter()
        .max_by_key(|separator| (header_line.matches(*separator).count(), *separator == ';'))
        .unwrap_or(';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator as u8)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_lowercase).collect(),
        Err(error) => return Err(vec![wrong_line(1, error)]),
    };
    let places = columns(&header, required, optional).map_err(|refusal| vec![refusal])?;

    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                // Spreadsheets leave lines of bare separators where cells were emptied.
                if record.iter().all(str::is_empty) {
                    continue;
                }
                if record.len() == header.len() {
                    let cells = places
                        .iter()
                        .map(|place| {
                            place.and_then(|p| record.get(p)).unwrap_or_default().to_owned()
                        })
                        .collect();
                    rows.push(Row { line, cells });
                } else {
                    wrong.push(wrong_line(
                        line,
                        format!("{} cellules au lieu de {}.", record.len(), header.len()),
                    ));
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                wrong.push(wrong_line(line, "guillemets ou séparateurs illisibles."));
            }
        }
    }
    Ok(Table { rows, wrong })
}

fn columns(
    header: &[String],
    required: &[&str],
    optional: &[&str],
) -> Result<Vec<Option<usize>>, Refusal> {
    let wrong = |message: String| Refusal::at(Code::FileHeader, message, &["csv", "1"]);
    let expected = [required, optional].concat();
    for (place, name) in header.iter().enumerate() {
        if !expected.contains(&name.as_str()) {
            return Err(wrong(format!(
                "Colonne « {} » inconnue. Colonnes attendues : {}. Séparateur attendu : point-virgule.",
                shown(name),
                expected.join(", ")
            )));
        }
        if header[..place].contains(name) {
            return Err(wrong(format!("Colonne « {name} » présente deux fois.")));
        }
    }
    let mut places = Vec::with_capacity(expected.len());
    for name in expected {
        let place = header.iter().position(|found| found == name);
        if place.is_none() && required.contains(&name) {
            return Err(wrong(format!("Colonne « {name} » absente de la première ligne.")));
        }
        places.push(place);
    }
    Ok(places)
}

fn decode(bytes: &[u8]) -> Result<&str, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        Refusal::at(
            Code::FileEncoding,
            format!("Ligne {line} : le fichier n'est pas en UTF-8. Dans le tableur, enregistrez-le au format « CSV UTF-8 »."),
            &["csv", &line.to_string()],
        )
    })?;
    if text.trim().is_empty() {
        return Err(Refusal::at(Code::FileHeader, "Le fichier est vide.", &["csv"]));
    }
    // What another program put in place of what it could not read: the text behind it is lost.
    if let Some(place) = text.find(char::REPLACEMENT_CHARACTER) {
        let line = text[..place].matches('\n').count() + 1;
        return Err(Refusal::at(
            Code::FileEncoding,
            format!(
                "Ligne {line} : des lettres ont été perdues (« \u{fffd} »), car le fichier n'était pas en UTF-8. Dans le tableur, enregistrez-le au format « CSV UTF-8 »."
            ),
            &["csv", &line.to_string()],
        ));
    }
    if let Some(place) = text.find('\0') {
        let line = text[..place].matches('\n').count() + 1;
        return Err(wrong_line(line as u64, "caractère nul."));
    }
    Ok(text)
}

/// A cell on its way out: a text that a spreadsheet would run as a formula is defused by a quote. One that
/// looks defused already gets another, so that taking one away gives every text back.
pub fn outgoing(cell: &str) -> String {
    let runs = cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(outcome: Result<Table, Vec<Refusal>>) -> Vec<Code> {
        let wrong = outcome.map_or_else(|wrong| wrong, |table| table.wrong);
        wrong.into_iter().map(|r| r.code).collect()
    }

    #[test]
    fn the_usual_spreadsheets_are_read() {
        for file in ["\u{feff}a;b\r\n1;é\r\n", "b,a\né,1\n", "a\tb\n1\té", "A;B\n 1 ;\"é\"\n"] {
            let table = read(file.as_bytes(), &["a", "b"], &["c"]).expect(file);
            assert_eq!(
                (
                    table.rows[0].line,
                    table.rows[0].cell(0),
                    table.rows[0].cell(1),
                    table.rows[0].cell(2)
                ),
                (2, "1", "é", "")
            );
        }
    }

    #[test]
    fn lines_without_any_text_are_no_lines() {
        let table = read("a;b\n1;2\n;\n\n ; ;;\n3;4\n;;\n".as_bytes(), &["a", "b"], &[]);
        let lines: Vec<u64> = table.expect("a table").rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 6]);
    }

    #[test]
    fn wrong_files_say_where() {
        assert_eq!(codes(read(b"", &["a"], &[])), [Code::FileHeader]);
        assert_eq!(codes(read(b"a;x\n1;2", &["a"], &[])), [Code::FileHeader]);
        assert_eq!(codes(read(b"b\n1", &["a"], &["b"])), [Code::FileHeader]);
        assert_eq!(codes(read(b"a;a\n1;2", &["a"], &[])), [Code::FileHeader]);
        assert_eq!(codes(read(b"a;b\n1;2\n1;2;3\n", &["a", "b"], &[])), [Code::FileLine]);
        let latin = read(b"a;b\n1;2\n1;\xe9\n", &["a", "b"], &[]).expect_err("not UTF-8");
        assert_eq!(
            (latin[0].code, latin[0].path.clone()),
            (Code::FileEncoding, vec!["csv".to_owned(), "3".to_owned()])
        );
        assert_eq!(codes(read(b"a\n\0\n", &["a"], &[])), [Code::FileLine]);
        let lost = read("a;b\n1;2\nPr\u{fffd}nom;3\n".as_bytes(), &["a", "b"], &[]);
        assert_eq!(lost.expect_err("letters were lost")[0].path, ["csv", "3"]);
    }

    #[test]
    fn a_wholly_wrong_file_stays_readable() {
        let file = format!("a;b\n{}", "1\n".repeat(100_000));
        let wrong = summarise(read(file.as_bytes(), &["a", "b"], &[]).expect("a table").wrong);
        assert_eq!(wrong.len(), REPORTED_LINES + 1);
        assert!(wrong[REPORTED_LINES].message.contains("99900"));
    }

    #[test]
    fn formulas_are_defused() {
        assert_eq!(outgoing("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(outgoing("'=1"), "''=1");
        assert_eq!(outgoing("Bonjour"), "Bonjour");
    }
}
