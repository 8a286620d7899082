//! From the text of a document to one that may run: read by the specification's tokens, parsed for execution, within
//! the limits, and judged by every rule of validation (§5) before anything runs. Proven against graphql-js on
//! generated documents (`tests/node/documents.mjs`).

mod grammar;
mod judge;
mod lexer;
mod positions;
mod text;
mod variables;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::{Error as Unparsed, parse_query};

pub(crate) use judge::{Judged, coerced, place_of};

use crate::problem::Problem;
use crate::{limits, weight};

/// A document that may run.
pub struct Document {
    /// How many tokens it has: what it weighs in memory.
    pub tokens: usize,
    /// As it is executed.
    pub parsed: ExecutableDocument,
    /// As it was judged.
    pub(crate) judged: Judged,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// What to change: a limit, where and why it is no GraphQL, or the rule that it breaks.
    pub fn read(text: &str) -> Result<Self, Problem> {
        limits::check(text)?;
        let (tokens, end) = lexer::tokens(text).map_err(unreadable)?;
        grammar::check(&tokens, end).map_err(unreadable)?;
        // PostgreSQL cannot store it, and no text of the programme needs it.
        let nul = |token: &&lexer::Token| matches!(&token.kind, lexer::Kind::Text(text) if text.contains('\0'));
        if let Some(token) = tokens.iter().find(nul) {
            let problem = Problem::bad_request("Retirez le caractère nul (U+0000).");
            return Err(problem.at(token.place.line, token.place.column));
        }
        let written = text::written(&tokens).map_err(|text::Written::Twice(name, place)| {
            let message = format!("L'objet donne deux fois le champ « {name} ».");
            Problem::bad_request(message).at(place.line, place.column)
        })?;
        let parsed = parse_query(&written).map_err(|error| unparsed(&error))?;
        weight::check(&parsed)?;
        let judged = judge::judged(&written)?;
        Ok(Self { tokens: tokens.len(), parsed, judged })
    }
}

fn unreadable(fault: lexer::Unreadable) -> Problem {
    let lexer::Unreadable { place: lexer::Place { line, column }, why } = fault;
    let message = format!(
        "Le document n'est pas du GraphQL lisible : ligne {line}, colonne {column}, {why}."
    );
    Problem::bad_request(message).at(line, column)
}

/// What the parser refuses of a document whose grammar is right.
fn unparsed(error: &Unparsed) -> Problem {
    let message = match error {
        Unparsed::MultipleOperations { .. } => {
            "Le document compte plusieurs opérations : donnez un nom à chacune.".to_owned()
        }
        Unparsed::OperationDuplicated { operation: name, .. }
        | Unparsed::FragmentDuplicated { fragment: name, .. } => {
            format!("« {name} » désigne deux choses : renommez l'une.")
        }
        Unparsed::MissingOperation => "Le document n'a aucune opération.".to_owned(),
        _ => "Le document n'est pas du GraphQL lisible à cet endroit.".to_owned(),
    };
    match error.positions().next() {
        Some(place) => Problem::bad_request(message).at(place.line, place.column),
        None => Problem::bad_request(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_parser_takes_is_told_with_its_place_and_why() {
        for (document, line, column, end) in [
            ("{ networks {\n  code", 2, 7, "il faut un champ ou « } », et non la fin du document."),
            ("{ networks(first 1) }", 1, 18, "il faut « : », et non « 1 »."),
            ("{ networks ? }", 1, 12, "le signe « ? » n'a pas de sens."),
        ] {
            let problem = Document::read(document).err().expect(document);
            let start = format!(
                "Le document n'est pas du GraphQL lisible : ligne {line}, colonne {column}, "
            );
            assert_eq!(problem.message, start + end);
            assert_eq!(problem.place, Some((line, column)), "{document}");
        }
        for (document, place, message) in [
            (
                "{ networks { code } } query B { networks { code } }",
                Some((1, 1)),
                "Le document compte plusieurs opérations : donnez un nom à chacune.",
            ),
            (
                "query A { networks { code } } query A { networks { code } }",
                Some((1, 31)),
                "« A » désigne deux choses : renommez l'une.",
            ),
            ("fragment F on Network { code }", None, "Le document n'a aucune opération."),
        ] {
            let problem = Document::read(document).err().expect(document);
            assert_eq!((problem.place, problem.message.as_str()), (place, message), "{document}");
        }
    }
}
