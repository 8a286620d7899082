//! What an operation costs: its fields, multiplied by the length of the pages they are in. The schema refuses what
//! costs too much by the same sum; here it is worked out so that every answer can tell its cost.

use async_graphql::Name;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql_value::{ConstValue, Value};
use schema::foundation::page;
use serde_json::{Map, Value as Json};

use crate::definition;

/// The cost of an operation with its variables.
pub fn of(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Map<String, Json>,
) -> usize {
    let sum = Sum { document, operation, variables };
    sum.set(&operation.selection_set.node, &definition::start(operation.ty), &mut Vec::new())
}

struct Sum<'d> {
    document: &'d ExecutableDocument,
    operation: &'d OperationDefinition,
    variables: &'d Map<String, Json>,
}

impl<'d> Sum<'d> {
    fn set(&self, set: &'d SelectionSet, parent: &Name, open: &mut Vec<&'d str>) -> usize {
        set.items.iter().fold(0, |total: usize, item| {
            total.saturating_add(match &item.node {
                Selection::Field(field) => self.field(&field.node, parent, open),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| &on.node.on.node);
                    self.set(&inline.node.selection_set.node, on.unwrap_or(parent), open)
                }
                Selection::FragmentSpread(spread) => {
                    self.spread(spread.node.fragment_name.node.as_str(), open)
                }
            })
        })
    }

    /// A fragment within itself costs nothing here: it is refused by the rules of validation.
    fn spread(&self, name: &'d str, open: &mut Vec<&'d str>) -> usize {
        let Some(fragment) = self.document.fragments.get(name) else { return 0 };
        if open.contains(&name) {
            return 0;
        }
        open.push(name);
        let on = &fragment.node.type_condition.node.on.node;
        let cost = self.set(&fragment.node.selection_set.node, on, open);
        open.pop();
        cost
    }

    fn field(&self, field: &'d Field, parent: &Name, open: &mut Vec<&'d str>) -> usize {
        let Some(known) = definition::field(parent, &field.name.node) else {
            let below = self.set(&field.selection_set.node, &Name::new(""), open);
            return below.saturating_add(1);
        };
        let below = self.set(&field.selection_set.node, definition::named(&known.ty.node), open);
        let takes = |name: &str| known.arguments.iter().find(|one| one.node.name.node == name);
        if let Some(first) = takes("first") {
            let given = self.whole(field, "first").or_else(|| self.whole(field, "last"));
            let usual = || whole(&first.node.default_value.as_ref()?.node);
            page::cost(given.or_else(usual), below)
        } else if takes("ids").is_some() {
            self.length(field, "ids").saturating_mul(below).saturating_add(1)
        } else {
            below.saturating_add(1)
        }
    }

    fn default_of(&self, variable: &Name) -> Option<&'d ConstValue> {
        let definitions = self.operation.variable_definitions.iter();
        let found = definitions.map(|one| &one.node).find(|one| one.name.node == *variable)?;
        found.default_value.as_ref().map(|value| &value.node)
    }

    fn whole(&self, field: &Field, name: &str) -> Option<i32> {
        match &field.get_argument(name)?.node {
            Value::Variable(variable) => match self.variables.get(variable.as_str()) {
                Some(given) => i32::try_from(given.as_i64()?).ok(),
                None => whole(self.default_of(variable)?),
            },
            Value::Number(number) => i32::try_from(number.as_i64()?).ok(),
            _ => None,
        }
    }

    /// How many values a list has. They are counted where they are, never copied: a variable may hold as many as fit
    /// into a body, and stand in hundreds of places. A single value stands for a list of one.
    fn length(&self, field: &Field, name: &str) -> usize {
        match field.get_argument(name).map(|given| &given.node) {
            Some(Value::Variable(variable)) => match self.variables.get(variable.as_str()) {
                Some(Json::Array(items)) => items.len(),
                Some(given) => usize::from(!given.is_null()),
                None => match self.default_of(variable) {
                    Some(ConstValue::List(items)) => items.len(),
                    Some(ConstValue::Null) | None => 0,
                    Some(_) => 1,
                },
            },
            Some(Value::List(items)) => items.len(),
            Some(Value::Null) | None => 0,
            Some(_) => 1,
        }
    }
}

fn whole(value: &ConstValue) -> Option<i32> {
    match value {
        ConstValue::Number(number) => i32::try_from(number.as_i64()?).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::request::chosen;

    fn cost(document: &str, variables: &Json) -> usize {
        let document = parse_query(document).expect("a document");
        let operation = chosen(&document, None).expect("one operation");
        of(&document, operation, variables.as_object().expect("an object"))
    }

    #[test]
    fn lists_count_as_many_as_they_are_wherever_they_come_from() {
        let through =
            |default: &str| format!("query($a: [ID!]{default}) {{ nodes(ids: $a) {{ id }} }}");
        for (default, given, expected) in [
            ("", json!({ "a": ["1", "2", "3"] }), 4),
            ("", json!({ "a": [] }), 1),
            ("", json!({ "a": "1" }), 2),
            ("", json!({ "a": null }), 1),
            ("", json!({}), 1),
            (" = [\"1\", \"2\"]", json!({}), 3),
            (" = \"1\"", json!({}), 2),
            (" = [\"1\", \"2\"]", json!({ "a": ["1"] }), 2),
            (" = [\"1\", \"2\"]", json!({ "a": null }), 1),
        ] {
            assert_eq!(cost(&through(default), &given), expected, "{default} {given}");
        }
        assert_eq!(cost("query($a: ID!) { nodes(ids: [$a, \"2\"]) { id } }", &json!({})), 3);
        assert_eq!(cost("{ nodes(ids: \"1\") { id } nodes(ids: null) { id } }", &json!({})), 3);
    }

    #[test]
    fn pages_are_as_long_as_they_are_asked_for() {
        let page = |length: &str| {
            format!("query($n: Int = 7) {{ structures({length}) {{ nodes {{ id }} }} }}")
        };
        for (length, given, expected) in [
            ("first: 3", json!({}), 3 * 2 + 1),
            ("first: $n", json!({}), 7 * 2 + 1),
            ("last: $n", json!({ "n": 4 }), 4 * 2 + 1),
            ("first: $n", json!({ "n": null }), 20 * 2 + 1),
            ("after: null", json!({}), 20 * 2 + 1),
        ] {
            assert_eq!(cost(&page(length), &given), expected, "{length} {given}");
        }
    }
}
