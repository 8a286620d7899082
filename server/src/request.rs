//! From bytes to a checked GraphQL request, the same way for HTTP and WebSocket.

use std::sync::Arc;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Request, Variables};
use poem::http::StatusCode;
use schema::graphql::root::MAX_COST;
use serde_json::{Map, Value};

use crate::document::{Document, coerced};
use crate::documents::Documents;
use crate::problem::Problem;
use crate::{collect, cost};

/// A request whose shape is right and whose document parses.
pub struct Parsed {
    /// Ready for the schema, without caller and loaders.
    pub request: Request,
    /// What kind of operation it runs.
    pub operation: OperationType,
    /// Its document, as it was sent.
    pub document: Arc<Document>,
    /// Its name, when the client gave one.
    pub name: Option<String>,
    /// The name that the document gives it.
    pub label: Option<String>,
    /// What it costs.
    pub cost: usize,
}

/// Why a request cannot run.
pub enum Unfit {
    /// It is not a well-formed GraphQL request: 400 in every media type.
    Malformed(Problem),
    /// It is one, but its document does not parse: status as the media type says.
    Document(Problem),
}

/// Checks the members of a request object.
///
/// # Errors
/// [`Unfit`] with what to change.
pub fn parse(mut members: Map<String, Value>, documents: &Documents) -> Result<Parsed, Unfit> {
    let malformed = |message: &str| Unfit::Malformed(Problem::bad_request(message));
    let asked = match (members.remove("query"), members.remove("documentId")) {
        (Some(Value::String(query)), None | Some(Value::Null)) => Asked::Text(query),
        (None | Some(Value::Null), Some(Value::String(id))) => Asked::Id(id),
        (Some(Value::String(_)), Some(_)) => {
            return Err(malformed("Donnez « query » ou « documentId », pas les deux."));
        }
        (None | Some(Value::Null), None | Some(Value::Null)) => {
            return Err(malformed("Donnez « query », ou « documentId » pour un document connu."));
        }
        (_, Some(_)) => return Err(malformed("« documentId » doit être un texte.")),
        (_, None) => return Err(malformed("« query » doit être un texte.")),
    };
    let name = match members.remove("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(malformed("« operationName » doit être un texte.")),
    };
    let variables = match members.remove("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(variables)) => variables,
        Some(_) => return Err(malformed("« variables » doit être un objet.")),
    };
    if !matches!(members.remove("extensions"), None | Some(Value::Null | Value::Object(_))) {
        return Err(malformed("« extensions » doit être un objet."));
    }
    // PostgreSQL cannot store the null character, and no text of the programme needs it.
    let nul =
        matches!(&asked, Asked::Text(text) if text.contains("\\u0000") || text.contains('\0'));
    if nul || variables.values().any(holds_nul) {
        return Err(malformed("Retirez le caractère nul (U+0000)."));
    }
    let document = found(asked, documents).map_err(Unfit::Document)?;
    let chosen = chosen(&document.parsed, name.as_deref()).map_err(Unfit::Document)?;
    let operation = chosen.ty;
    let variables =
        coerced(&document.judged, name.as_deref(), variables).map_err(Unfit::Document)?;
    let label = name.clone().or_else(|| match &document.parsed.operations {
        DocumentOperations::Single(_) => None,
        DocumentOperations::Multiple(all) => all.keys().next().map(ToString::to_string),
    });
    let cost = cost::of(&document.parsed, chosen, &variables);
    if cost > MAX_COST {
        let message = format!(
            "La requête demande trop à la fois (coût limité à {MAX_COST}) : raccourcissez les pages."
        );
        return Err(Unfit::Document(Problem::limit(message)));
    }
    let runnable = collect::runnable(&document.parsed, name.as_deref(), &variables);
    let mut request = Request::new("").variables(Variables::from_json(Value::Object(variables)));
    if let Some(name) = &name {
        request = request.operation_name(name);
    }
    request.set_parsed_query(runnable);
    Ok(Parsed { request, operation, document, name, label, cost })
}

/// A document as the client gives it.
enum Asked {
    Text(String),
    /// One that the server was given beforehand.
    Id(String),
}

fn found(asked: Asked, documents: &Documents) -> Result<Arc<Document>, Problem> {
    let status = StatusCode::BAD_REQUEST;
    match asked {
        Asked::Id(id) => documents.trusted(&id).ok_or_else(|| {
            let message = "Document inconnu : donnez l'empreinte SHA-256 d'un document déposé sur ce serveur.";
            Problem::new(status, "DOCUMENT_UNKNOWN", message)
        }),
        Asked::Text(_) if documents.only_trusted() => {
            let message = "Ce serveur n'exécute que des documents déposés : donnez « documentId ».";
            Err(Problem::new(status, "DOCUMENT_NOT_TRUSTED", message))
        }
        Asked::Text(text) => documents.read(&text),
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => {
            members.iter().any(|(name, item)| name.contains('\0') || holds_nul(item))
        }
        _ => false,
    }
}

/// The operation of a document that is to run.
///
/// # Errors
/// When the name leaves it open.
pub fn chosen<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, Problem> {
    let unknown = || Problem::bad_request("Aucune opération de ce nom dans le document.");
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => Err(unknown()),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| &operation.node).ok_or_else(unknown)
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.values();
            match (all.next(), all.next()) {
                (Some(only), None) => Ok(&only.node),
                _ => Err(Problem::bad_request(
                    "Le document compte plusieurs opérations : choisissez-en une avec « operationName ».",
                )),
            }
        }
    }
}
