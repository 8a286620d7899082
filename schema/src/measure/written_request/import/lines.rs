//! Reading the lines of a file, each by itself.

use chrono::NaiveDate;

use super::{OPTIONAL, REQUIRED, cells};
use crate::foundation::error::Refusal;
use crate::foundation::table::{self, Row, wrong_line};
use crate::measure::written_request::rules::{Draft, Entry};

/// One line, its own cells checked.
pub(super) struct Line {
    /// Its number in the file.
    pub line: u64,
    /// Code of the structure it names; none means the structure of the import.
    pub structure: Option<String>,
    /// What it says, its reference included.
    pub entry: Entry,
}

/// What a file says, and what is wrong in it.
pub(super) struct Lines {
    /// The lines that are right by themselves.
    pub right: Vec<Line>,
    /// The others, with their reasons.
    pub wrong: Vec<Refusal>,
}

/// Reads and checks every line of a file by itself.
pub(super) fn read(bytes: &[u8], today: NaiveDate) -> Result<Lines, Vec<Refusal>> {
    let table = table::read(bytes, &REQUIRED, &OPTIONAL)?;
    let mut wrong = table.wrong;
    let mut right = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match check(row, today) {
            Ok(line) => right.push(line),
            Err(reasons) => wrong.push(wrong_line(row.line, reasons.join(" "))),
        }
    }
    Ok(Lines { right, wrong })
}

fn check(row: &Row, today: NaiveDate) -> Result<Line, Vec<String>> {
    let mut reasons = Vec::new();
    if row.cell(0).is_empty() {
        reasons.push("colonne reference : ce champ est obligatoire dans un fichier.".to_owned());
    }
    let medium = kept("medium", cells::medium(row.cell(1)), &mut reasons);
    let received_on = kept("received_on", cells::day(row.cell(4)), &mut reasons);
    let acknowledged_on =
        kept("acknowledged_on", cells::filled(row.cell(8), cells::day), &mut reasons);
    let answered_on = kept("answered_on", cells::filled(row.cell(9), cells::day), &mut reasons);
    let answer_nature =
        kept("answer_nature", cells::filled(row.cell(10), cells::nature), &mut reasons);
    let (
        Some(medium),
        Some(received_on),
        Some(acknowledged_on),
        Some(answered_on),
        Some(answer_nature),
    ) = (medium, received_on, acknowledged_on, answered_on, answer_nature)
    else {
        return Err(reasons);
    };
    let draft = Draft {
        reference: Some(cells::text(row.cell(0))),
        medium,
        subject: cells::text(row.cell(2)),
        sender_name: cells::text(row.cell(3)),
        sender_email: Some(cells::text(row.cell(6))),
        sender_address: Some(cells::text(row.cell(7))),
        received_on,
        acknowledged_on,
        answered_on,
        answer_nature,
    };
    match Entry::check(&draft, today) {
        Ok(entry) if reasons.is_empty() => {
            let structure = Some(row.cell(5).to_owned()).filter(|code| !code.is_empty());
            Ok(Line { line: row.line, structure, entry })
        }
        Ok(_) => Err(reasons),
        Err(faults) => {
            reasons.extend(faults.iter().map(reason));
            Err(reasons)
        }
    }
}

/// A cell's value, or its reason set aside.
fn kept<T>(column: &str, cell: Result<T, String>, reasons: &mut Vec<String>) -> Option<T> {
    cell.map_err(|reason| reasons.push(format!("colonne {column} : {reason}"))).ok()
}

/// A refusal about a field, told about its column.
pub(super) fn reason(fault: &Refusal) -> String {
    let column = match fault.path.first().map(String::as_str) {
        Some("senderName") => "sender_name",
        Some("senderEmail") => "sender_email",
        Some("senderAddress") => "sender_address",
        Some("receivedOn") => "received_on",
        Some("acknowledgedOn") => "acknowledged_on",
        Some("answeredOn") => "answered_on",
        Some("nature") => "answer_nature",
        Some(same) => same,
        None => "",
    };
    format!("colonne {column} : {}", fault.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::error::Code;
    use crate::measure::written_request::model::{AnswerNature, Medium};

    const HEADER: &str =
        "reference;medium;subject;sender_name;received_on;answered_on;answer_nature\n";

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 15).expect("a date")
    }

    fn faults(lines: &str) -> Vec<String> {
        let read = read(format!("{HEADER}{lines}").as_bytes(), today());
        let wrong = read.map_or_else(|wrong| wrong, |lines| lines.wrong);
        assert!(wrong.iter().all(|fault| fault.code == Code::FileLine));
        wrong.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn a_line_is_read() {
        let lines = read(
            format!("{HEADER}A-1;courrier;Permis;Léa Martin;01/03/2026;2026-03-10;refus\n")
                .as_bytes(),
            today(),
        )
        .expect("a right file")
        .right;
        let entry = &lines[0].entry;
        assert_eq!((lines[0].line, entry.reference.as_deref()), (2, Some("A-1")));
        assert_eq!(
            (entry.medium, entry.answer_nature),
            (Medium::Letter, Some(AnswerNature::Refusal))
        );
        assert_eq!((entry.sender_email.as_deref(), lines[0].structure.as_deref()), (None, None));
    }

    #[test]
    fn every_wrong_line_and_each_of_its_faults_is_told() {
        let wrong = faults(
            "A-1;fax;Permis;Léa;2026-03-01;;\n\
             A-2;EMAIL;;Léa;2026-03-16;;\n\
             A-3;EMAIL;Permis;Léa;2026-03-01;;\n\
             ;EMAIL;Permis;Léa;2026-03-01;2026-03-02;\n",
        );
        assert_eq!(wrong.len(), 3);
        assert!(wrong[0].starts_with("Ligne 2 : colonne medium : « fax »"), "{}", wrong[0]);
        assert!(wrong[1].contains("colonne subject") && wrong[1].contains("colonne received_on"));
        assert!(
            wrong[2].starts_with("Ligne 5 : colonne reference")
                && wrong[2].contains("answer_nature")
        );
    }

    #[test]
    fn one_wrong_line_among_a_hundred_thousand_is_found() {
        let mut file = HEADER.to_owned();
        for number in 0..100_000 {
            let year = if number == 77_777 { "26" } else { "2026" };
            file += &format!("R-{number};courriel;Demande;Léa Martin;01/03/{year};;\n");
        }
        let wrong = read(file.as_bytes(), today()).expect("a table").wrong;
        assert_eq!(wrong.len(), 1);
        assert!(
            wrong[0].message.starts_with("Ligne 77779 : colonne received_on"),
            "{}",
            wrong[0].message
        );
    }
}
