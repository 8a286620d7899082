//! What an operation costs: its fields, multiplied by the length of the pages they are in. The schema refuses what
//! costs too much by the same sum; here it is worked out so that every answer can tell its cost.

use std::convert::Infallible;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value as ConstValue};
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

    fn argument(&self, field: &Field, name: &str) -> Option<ConstValue> {
        let value = field.get_argument(name)?.node.clone();
        let known = |variable: Name| -> Result<ConstValue, Infallible> {
            let given = self.variables.get(variable.as_str()).cloned();
            let given = given.and_then(|given| ConstValue::from_json(given).ok());
            Ok(given.or_else(|| self.default_of(&variable)).unwrap_or_default())
        };
        value.into_const_with(known).ok()
    }

    fn default_of(&self, variable: &Name) -> Option<ConstValue> {
        let definitions = self.operation.variable_definitions.iter();
        let found = definitions.map(|one| &one.node).find(|one| one.name.node == *variable)?;
        Some(found.default_value.as_ref()?.node.clone())
    }

    fn whole(&self, field: &Field, name: &str) -> Option<i32> {
        whole(&self.argument(field, name)?)
    }

    fn length(&self, field: &Field, name: &str) -> usize {
        match self.argument(field, name) {
            Some(ConstValue::List(items)) => items.len(),
            Some(ConstValue::Null) | None => 0,
            // A single value stands for a list of one.
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
