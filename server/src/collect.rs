//! The fields at the root of an operation, collected as the specification does (§6.3.2). The library runs them as they
//! are written: a change that is named twice would be made twice, and a subscription would open two streams, or none
//! for a field within a fragment.

use std::collections::HashSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::indexmap::map::Entry;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;
use serde_json::{Map, Value as Json};

/// A document with one operation, as the library would weigh the others with variables that are not theirs, and with
/// nothing at its root but fields, each answer name once. Only for documents that were found valid: fields of one
/// answer name are taken for one field.
pub(crate) fn runnable(
    document: &ExecutableDocument,
    name: Option<&str>,
    variables: &Map<String, Json>,
) -> ExecutableDocument {
    let collected = |one: &Positioned<OperationDefinition>| collected(document, one, variables);
    let operations = match &document.operations {
        DocumentOperations::Single(one) => DocumentOperations::Single(collected(one)),
        DocumentOperations::Multiple(all) => {
            let wanted = |known: &Name| name.is_none_or(|name| known.as_str() == name);
            let chosen = all.iter().filter(|(known, _)| wanted(known));
            let chosen = chosen.map(|(known, one)| (known.clone(), collected(one)));
            DocumentOperations::Multiple(chosen.collect())
        }
    };
    ExecutableDocument { operations, fragments: document.fragments.clone() }
}

fn collected(
    document: &ExecutableDocument,
    one: &Positioned<OperationDefinition>,
    variables: &Map<String, Json>,
) -> Positioned<OperationDefinition> {
    let OperationDefinition { ty, variable_definitions, directives, selection_set } = &one.node;
    let mut roots = Roots { document, variables, seen: HashSet::new(), fields: IndexMap::new() };
    roots.collect(&selection_set.node);
    let items = roots.fields.into_values().map(|field| {
        let pos = field.pos;
        Positioned::new(Selection::Field(field), pos)
    });
    one.position_node(OperationDefinition {
        ty: *ty,
        variable_definitions: variable_definitions.clone(),
        directives: directives.clone(),
        selection_set: selection_set.position_node(SelectionSet { items: items.collect() }),
    })
}

struct Roots<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Map<String, Json>,
    /// Fragments that were spread: once is enough.
    seen: HashSet<&'d str>,
    /// By their answer names, in the order of the document.
    fields: IndexMap<&'d Name, Positioned<Field>>,
}

impl<'d> Roots<'d> {
    fn collect(&mut self, set: &'d SelectionSet) {
        for selection in &set.items {
            if self.is_left_out(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => self.put(field),
                // Whatever type it is on, it is the one of the root.
                Selection::InlineFragment(inline) => self.collect(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if self.seen.insert(name.as_str())
                        && let Some(fragment) = self.document.fragments.get(name)
                    {
                        self.collect(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    /// Fields of one answer name have the same arguments: they differ in what they select.
    fn put(&mut self, field: &'d Positioned<Field>) {
        match self.fields.entry(&field.node.response_key().node) {
            Entry::Vacant(place) => _ = place.insert(field.clone()),
            Entry::Occupied(mut first) => {
                let more = field.node.selection_set.node.items.iter().cloned();
                first.get_mut().node.selection_set.node.items.extend(more);
            }
        }
    }

    fn is_left_out(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let holds = || match directive.node.get_argument("if").map(|given| &given.node) {
                Some(Value::Boolean(given)) => *given,
                Some(Value::Variable(name)) => {
                    // Defaults are filled in.
                    self.variables.get(name.as_str()).and_then(Json::as_bool).unwrap_or_default()
                }
                _ => false,
            };
            match directive.node.name.node.as_str() {
                "skip" => holds(),
                "include" => !holds(),
                _ => false,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    /// What runs: each field at the root with its answer name, and how many selections it has.
    fn roots(document: &str, name: Option<&str>, variables: &Json) -> Vec<(String, usize)> {
        let document = parse_query(document).expect("a document");
        let alone = runnable(&document, name, variables.as_object().expect("an object"));
        assert_eq!(alone.operations.iter().count(), 1);
        assert_eq!(alone.fragments.len(), document.fragments.len());
        let sets = alone.operations.iter().flat_map(|(_, one)| &one.node.selection_set.node.items);
        sets.map(|selection| match &selection.node {
            Selection::Field(field) => {
                let below = field.node.selection_set.node.items.len();
                (field.node.response_key().node.to_string(), below)
            }
            other => panic!("{other:?}"),
        })
        .collect()
    }

    fn told(fields: &[(&str, usize)]) -> Vec<(String, usize)> {
        fields.iter().map(|(name, below)| ((*name).to_owned(), *below)).collect()
    }

    #[test]
    fn fields_of_one_answer_name_are_one() {
        for (document, expected) in [
            ("mutation { a(x: 1) { b c } a(x: 1) { d } }", vec![("a", 3)]),
            (
                "mutation { a { b } c { d } a { e ...F } } fragment F on T { f }",
                vec![("a", 3), ("c", 1)],
            ),
            ("mutation { a { b } c: a { b } c: a { d } }", vec![("a", 1), ("c", 2)]),
            ("subscription { ... on Subscription { a { b } } }", vec![("a", 1)]),
            (
                "subscription { ...F } fragment F on Subscription { ... { a { b } } }",
                vec![("a", 1)],
            ),
            (
                "mutation { ...F ...F a { c } } fragment F on Mutation { a { b } ...F }",
                vec![("a", 2)],
            ),
            ("{ __typename ... { __typename a } }", vec![("__typename", 0), ("a", 0)]),
        ] {
            assert_eq!(roots(document, None, &json!({})), told(&expected), "{document}");
        }
    }

    #[test]
    fn conditions_on_fragments_and_fields_are_kept() {
        let document = "query($no: Boolean!, $yes: Boolean!) {
            a @skip(if: $no) { b } a @include(if: $no) { c d }
            ... @include(if: $yes) @skip(if: $no) { e } ... @skip(if: true) { f }
            ...F @include(if: $no) ...F @include(if: $yes) } fragment F on Query { g @include(if: $yes) }";
        for (no, expected) in [(false, vec![("a", 1), ("e", 0), ("g", 0)]), (true, vec![("a", 2)])]
        {
            let variables = json!({ "no": no, "yes": !no });
            assert_eq!(roots(document, None, &variables), told(&expected), "{no}");
        }
    }

    #[test]
    fn the_operation_that_was_chosen_is_alone() {
        let document = "query A { a } mutation B { b b }";
        assert_eq!(roots(document, Some("B"), &json!({})), told(&[("b", 0)]));
        assert_eq!(roots("query A { a a }", None, &json!({})), told(&[("a", 0)]));
    }
}
