//! Cells as teams write them: dates and words in both languages.

use chrono::NaiveDate;

use crate::foundation::text::{fold, shown};
use crate::measure::written_request::model::{AnswerNature, Medium};

/// A text that our own export defused (`foundation::table::outgoing`), as it was.
pub(super) fn text(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// A day: `2026-03-01` or `01/03/2026`, always with a year of four digits.
pub(super) fn day(cell: &str) -> Result<NaiveDate, String> {
    let parts: Vec<&str> = cell.split(['-', '/']).collect();
    let digits = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let (year, month, day) = match parts[..] {
        [year, month, day] if cell.contains('-') && !cell.contains('/') => (year, month, day),
        [day, month, year] if !cell.contains('-') => (year, month, day),
        _ => ("", "", ""),
    };
    let number = |part: &str| (part.len() <= 2).then(|| part.parse().ok()).flatten();
    (digits && year.len() == 4)
        .then(|| NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?))
        .flatten()
        .ok_or_else(|| format!("« {} » n'est pas une date AAAA-MM-JJ ou JJ/MM/AAAA.", shown(cell)))
}

/// A medium: `LETTER` or `EMAIL`, or a French word.
pub(super) fn medium(cell: &str) -> Result<Medium, String> {
    match fold(cell).as_str() {
        "letter" | "courrier" | "lettre" => Ok(Medium::Letter),
        "email" | "courriel" | "e mail" | "mail" | "mel" => Ok(Medium::Email),
        _ => Err(format!("« {} » n'est ni LETTER (courrier) ni EMAIL (courriel).", shown(cell))),
    }
}

/// A nature of answer: its code, or French words.
pub(super) fn nature(cell: &str) -> Result<AnswerNature, String> {
    match fold(cell).as_str() {
        "information" | "renseignement" | "reponse" => Ok(AnswerNature::Information),
        "acceptance" | "acceptation" | "accord" | "favorable" => Ok(AnswerNature::Acceptance),
        "partial acceptance" | "acceptation partielle" | "accord partiel" => {
            Ok(AnswerNature::PartialAcceptance)
        }
        "refusal" | "refus" | "rejet" | "defavorable" => Ok(AnswerNature::Refusal),
        "transfer" | "transfert" | "transmission" | "reorientation" => Ok(AnswerNature::Transfer),
        "no follow up" | "sans suite" | "classement sans suite" | "classe sans suite" => {
            Ok(AnswerNature::NoFollowUp)
        }
        "other" | "autre" => Ok(AnswerNature::Other),
        _ => {
            let known: Vec<&str> = AnswerNature::ALL.iter().map(|nature| nature.as_str()).collect();
            Err(format!(
                "« {} » n'est pas une nature de réponse connue : {}.",
                shown(cell),
                known.join(", ")
            ))
        }
    }
}

/// What an optional cell says; an empty one says nothing.
pub(super) fn filled<T>(
    cell: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if cell.is_empty() { Ok(None) } else { read(cell).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::table::outgoing;

    #[test]
    fn days_are_read_as_the_two_usual_ways_write_them() {
        let expected = NaiveDate::from_ymd_opt(2026, 3, 1);
        for cell in ["2026-03-01", "01/03/2026", "1/3/2026"] {
            assert_eq!(day(cell).ok(), expected, "{cell}");
        }
        for cell in [
            "01/03/26",
            "26-03-01",
            "2026/03/01",
            "2026-13-01",
            "31/02/2026",
            "01-03-2026",
            "1/3",
            "hier",
            "",
            "2026-03-01T00:00",
            "2026-03/01",
            "+2026-03-01",
        ] {
            assert!(day(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn words_are_read_in_both_languages() {
        for cell in ["LETTER", "Courrier", " lettre "] {
            assert_eq!(medium(cell), Ok(Medium::Letter), "{cell}");
        }
        for cell in ["EMAIL", "courriel", "E-mail", "MÉL"] {
            assert_eq!(medium(cell), Ok(Medium::Email), "{cell}");
        }
        assert!(medium("fax").is_err());
        assert_eq!(nature("Classement sans suite"), Ok(AnswerNature::NoFollowUp));
        assert_eq!(nature("réorientation"), Ok(AnswerNature::Transfer));
        assert!(nature("peut-être").is_err());
        for known in AnswerNature::ALL {
            assert_eq!(nature(known.as_str()), Ok(*known));
        }
    }

    #[test]
    fn what_the_export_defused_comes_back_as_it_was() {
        for cell in ["=1+1", "-5", "@x", "+33", "l'eau", "'quoted'", "'=1", "''+x"] {
            assert_eq!(text(&outgoing(cell)), cell);
        }
    }
}
