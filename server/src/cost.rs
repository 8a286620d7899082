//! What an operation costs: its fields, multiplied by the length of the pages they are in. The schema refuses what
//! costs too much by the same sum; here it is worked out so that every answer can tell its cost.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::LazyLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Value as ConstValue};
use schema::foundation::page;
use schema::graphql::root;
use serde_json::{Map, Value as Json};

/// What is known of a field of our definition.
struct Known {
    /// Name of the type it leads to.
    to: Name,
    /// Whether it is a page; then its length when nothing is given.
    paged: Option<Option<i32>>,
    /// Whether it takes a list of ids and answers one thing for each.
    listed: bool,
}

static FIELDS: LazyLock<HashMap<Name, HashMap<Name, Known>>> = LazyLock::new(|| {
    let document = parse_schema(root::sdl()).expect("our own definition parses");
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    types
        .filter_map(|definition| {
            let fields = match definition.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let fields = fields.into_iter().map(|field| {
                let mut arguments = field.node.arguments.iter().map(|argument| &argument.node);
                let first = arguments.clone().find(|argument| argument.name.node == "first");
                let known = Known {
                    to: named(&field.node.ty.node).clone(),
                    paged: first.map(|first| {
                        first.default_value.as_ref().and_then(|value| whole(&value.node))
                    }),
                    listed: arguments.any(|argument| argument.name.node == "ids"),
                };
                (field.node.name.node.clone(), known)
            });
            Some((definition.name.node, fields.collect()))
        })
        .collect()
});

fn named(kind: &Type) -> &Name {
    match &kind.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}

/// The cost of an operation with its variables.
pub fn of(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Map<String, Json>,
) -> usize {
    let sum = Sum { document, operation, variables };
    let root = Name::new(match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    });
    sum.set(&operation.selection_set.node, &root, &mut Vec::new())
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
        let known = FIELDS.get(parent).and_then(|fields| fields.get(&field.name.node));
        let nowhere = Name::new("");
        let to = known.map_or(&nowhere, |known| &known.to);
        let below = self.set(&field.selection_set.node, to, open);
        match known {
            Some(Known { paged: Some(default), .. }) => {
                let given = self.whole(field, "first").or_else(|| self.whole(field, "last"));
                page::cost(given.or(*default), below)
            }
            Some(known) if known.listed => {
                self.length(field, "ids").saturating_mul(below).saturating_add(1)
            }
            _ => below.saturating_add(1),
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
