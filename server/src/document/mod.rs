//! From the text of a document to one that may run: read by the specification's tokens, parsed for execution, within
//! the limits, and judged by every rule of validation (§5) before anything runs. Proven against graphql-js on
//! generated documents (`tests/node/documents.mjs`).

mod judge;
mod lexer;
mod positions;
mod text;
mod variables;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

pub(crate) use judge::{Judged, coerced};

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
    /// What to change: a limit, the place where it is no GraphQL, or the rule that it breaks.
    pub fn read(text: &str) -> Result<Self, Problem> {
        limits::check(text)?;
        let tokens = lexer::tokens(text).map_err(unreadable)?;
        // PostgreSQL cannot store it, and no text of the programme needs it.
        let nul = |token: &&lexer::Token| matches!(&token.kind, lexer::Kind::Text(text) if text.contains('\0'));
        if let Some(token) = tokens.iter().find(nul) {
            let problem = Problem::bad_request("Retirez le caractère nul (U+0000).");
            return Err(problem.at(token.line, token.column));
        }
        let written = text::written(&tokens).map_err(|text::Written::Twice(name, place)| {
            let message = format!("L'objet donne deux fois le champ « {name} ».");
            Problem::bad_request(message).at(place.line, place.column)
        })?;
        let parsed = parse_query(&written).map_err(|error| {
            let place = error.positions().next().unwrap_or_default();
            unreadable(lexer::Unreadable { line: place.line, column: place.column })
        })?;
        weight::check(&parsed)?;
        let judged = judge::judged(&written)?;
        Ok(Self { tokens: tokens.len(), parsed, judged })
    }
}

fn unreadable(place: lexer::Unreadable) -> Problem {
    let lexer::Unreadable { line, column } = place;
    let message =
        format!("Le document n'est pas du GraphQL lisible : ligne {line}, colonne {column}.");
    Problem::bad_request(message).at(line, column)
}
