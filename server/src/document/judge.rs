//! The rules of validation (§5) and the coercion of variables (§6.1.2), by a library that keeps to the
//! specification; the one that executes skips some rules and has others of its own.

use std::collections::HashSet;
use std::sync::LazyLock;

use apollo_compiler::ast::{Directive, OperationType};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, Schema};
use schema::graphql::root;
use serde_json::{Map, Value};

use super::positions::{self, Misplaced};
use super::variables;
use crate::problem::Problem;
use crate::wording;

/// A document that keeps every rule.
pub(crate) type Judged = Valid<ExecutableDocument>;

/// Our definition, and the one field of introspection that the library does not know yet.
pub(super) static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let parsed = Schema::parse(root::sdl(), "schema.graphql");
    let mut schema = parsed.unwrap_or_else(|error| error.partial);
    if let Some(ExtendedType::Object(of_types)) = schema.types.get_mut("__Type") {
        let of_types = of_types.make_mut();
        if let Some(mut like) = of_types.fields.get("specifiedByURL").cloned() {
            like.make_mut().name = apollo_compiler::name!("isOneOf");
            like.make_mut().ty = apollo_compiler::ty!(Boolean);
            of_types.fields.insert(apollo_compiler::name!("isOneOf"), like);
        }
    }
    // A test validates it: what is served cannot be otherwise.
    schema.validate().unwrap_or_else(|error| Valid::assume_valid(error.partial))
});

/// Judges a document.
///
/// # Errors
/// The first rule that it breaks, in French, with its place.
pub(super) fn judged(text: &str) -> Result<Judged, Problem> {
    let document = match ExecutableDocument::parse_and_validate(&SCHEMA, text, "document") {
        Ok(document) => document,
        Err(refused) => {
            // Looked at below: fields of the same name are one, and a condition that is no variable is none.
            let below = |told: &str| {
                told.ends_with("can only have one root field")
                    || told.ends_with("can not specify @skip or @include on root fields")
            };
            // A field that is not there leaves an empty selection behind, which is told as well, and first.
            let telling = |told: &str| {
                told.contains("does not have a field")
                    || told.contains("must not have subselections")
            };
            let all = || refused.errors.iter().filter(|one| !below(&one.error.to_string()));
            let first = all().find(|one| telling(&one.error.to_string())).or_else(|| all().next());
            if let Some(first) = first {
                let problem = Problem::bad_request(wording::of_rule(&first.error.to_string()));
                return Err(match first.line_column_range() {
                    Some(place) => problem.at(place.start.line, place.start.column),
                    None => problem,
                });
            }
            Valid::assume_valid(refused.partial)
        }
    };
    if let Some(Misplaced { variable, wanted, span }) = positions::misplaced(&document, &SCHEMA) {
        let message =
            format!("La variable « ${variable} » ne convient pas là où il faut « {wanted} ».");
        return Err(at(Problem::bad_request(message), span, &document));
    }
    for operation in document.operations.iter() {
        if operation.operation_type != OperationType::Subscription {
            continue;
        }
        let mut roots = Roots {
            document: &document,
            names: HashSet::new(),
            seen: HashSet::new(),
            wrong: Vec::new(),
        };
        roots.collect(&operation.selection_set);
        if roots.names.len() != 1 || !roots.wrong.is_empty() {
            let message = "Un abonnement suit un seul champ, sans condition : ouvrez-en plusieurs.";
            let span = roots.wrong.first().copied().flatten().or_else(|| operation.location());
            return Err(at(Problem::bad_request(message), span, &document));
        }
    }
    Ok(document)
}

/// The root fields of a subscription, fragments spread.
struct Roots<'d> {
    document: &'d ExecutableDocument,
    /// Their response names.
    names: HashSet<&'d str>,
    seen: HashSet<&'d str>,
    /// Those beyond the first, and those of which a variable decides if they are there.
    wrong: Vec<Option<SourceSpan>>,
}

impl<'d> Roots<'d> {
    fn collect(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            let hangs = |directive: &Node<Directive>| {
                directive.arguments.iter().any(|argument| argument.value.as_variable().is_some())
            };
            if selection.directives().iter().any(hangs) {
                self.wrong.push(match selection {
                    Selection::Field(field) => field.location(),
                    Selection::InlineFragment(inline) => inline.location(),
                    Selection::FragmentSpread(spread) => spread.location(),
                });
            }
            match selection {
                Selection::Field(field) => {
                    let new = self.names.insert(field.response_key().as_str());
                    if new && self.names.len() > 1 {
                        self.wrong.push(field.location());
                    }
                }
                Selection::InlineFragment(inline) => self.collect(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    if self.seen.insert(spread.fragment_name.as_str())
                        && let Some(fragment) = spread.fragment_def(self.document)
                    {
                        self.collect(&fragment.selection_set);
                    }
                }
            }
        }
    }
}

/// The variables of an operation as its types want them, defaults filled in; what it does not declare is left out.
///
/// # Errors
/// What does not fit, in French, with the variable and the place in it.
pub(crate) fn coerced(
    document: &Judged,
    name: Option<&str>,
    given: Map<String, Value>,
) -> Result<Map<String, Value>, Problem> {
    // Which operation runs was chosen before.
    let Ok(operation) = document.operations.get(name) else { return Ok(given) };
    if operation.variables.is_empty() {
        return Ok(Map::new());
    }
    if let Some(misfit) = variables::misfit(&SCHEMA, operation, &given) {
        return Err(at(Problem::bad_request(misfit.sentence), misfit.declared, document));
    }
    let values = serde_json_bytes::Value::from(Value::Object(given));
    let empty = JsonMap::new();
    let values = values.as_object().unwrap_or(&empty);
    let coerced = coerce_variable_values(&SCHEMA, operation, values).map_err(|refused| {
        // Everything was looked at: what is left are defaults beyond the numbers that there are.
        Problem::bad_request(format!("Requête GraphQL refusée : {}.", refused.message()))
    })?;
    match serde_json::to_value(coerced.into_inner()) {
        Ok(Value::Object(values)) => Ok(values),
        _ => Ok(Map::new()),
    }
}

/// Where an operation begins: line and column.
pub(crate) fn place_of(document: &Judged, name: Option<&str>) -> Option<(usize, usize)> {
    let span = document.operations.get(name).ok()?.location()?;
    span.line_column(&document.sources).map(|place| (place.line, place.column))
}

/// A problem, at the place of something in its document.
fn at(problem: Problem, span: Option<SourceSpan>, document: &ExecutableDocument) -> Problem {
    match span.and_then(|span| span.line_column(&document.sources)) {
        Some(place) => problem.at(place.line, place.column),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_valid_and_knows_every_field_of_introspection() {
        let parsed = Schema::parse_and_validate(root::sdl(), "schema.graphql");
        assert!(parsed.is_ok(), "{:?}", parsed.err().map(|error| error.to_string()));
        assert!(judged("{ __schema { types { isOneOf name } } }").is_ok());
        assert!(judged("{ __schema { types { nope } } }").is_err());
    }

    #[test]
    fn a_field_that_is_not_there_is_told_at_its_place() {
        for (document, field, column) in [
            ("{ networks { nam } }", "nam", 14),
            ("{ testimonies(first: 1) { nodes { titel } } }", "titel", 35),
        ] {
            let problem = judged(document).expect_err(document);
            assert!(problem.message.contains(&format!("« {field} » n'existe pas")), "{problem:?}");
            assert_eq!(problem.place, Some((1, column)), "{document}");
        }
    }

    #[test]
    fn one_root_field_is_one_however_often_it_is_named() {
        for (document, place) in [
            (
                "subscription { testimonyPublished { cursor } testimonyPublished { occurredAt } }",
                None,
            ),
            (
                "subscription {\n testimonyPublished { cursor } other: testimonyPublished { cursor } }",
                Some((2, 32)),
            ),
            (
                "query A { __typename } subscription S { ...F }\nfragment F on Subscription { a: testimonyPublished { cursor }\nb: testimonyPublished { cursor } }",
                Some((3, 1)),
            ),
            (
                "subscription($no: Boolean!) {\n  testimonyPublished @skip(if: $no) { cursor } }",
                Some((2, 3)),
            ),
        ] {
            assert_eq!(judged(document).err().and_then(|told| told.place), place, "{document}");
            assert_eq!(judged(document).is_ok(), place.is_none(), "{document}");
        }
    }

    #[test]
    fn a_variable_in_the_wrong_place_is_told_where_it_stands() {
        let document = "query($id: ID) {\n nodes(ids: [$id]) { id } }";
        let problem = judged(document).expect_err("a misplaced variable");
        assert_eq!(problem.place, Some((2, 14)), "{problem:?}");
    }
}
