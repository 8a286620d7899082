//! Variables in places whose type they do not fit (§5.8.5), also where the library does not look: in lists, in input
//! objects, and where their default is null.

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, DirectiveList, InputValueDefinition, Type, Value};
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::{ExecutableDocument, Node, Schema};

/// Whether a variable of one type may stand in a place of another (§5.8.5, AreTypesCompatible).
fn fits(variable: &Type, place: &Type) -> bool {
    match (variable, place) {
        (Type::Named(_) | Type::List(_), Type::NonNullNamed(_) | Type::NonNullList(_)) => false,
        (
            Type::Named(one) | Type::NonNullNamed(one),
            Type::Named(other) | Type::NonNullNamed(other),
        ) => one == other,
        (
            Type::List(one) | Type::NonNullList(one),
            Type::List(other) | Type::NonNullList(other),
        ) => fits(one, other),
        _ => false,
    }
}

/// A variable in a place that it does not fit.
pub(super) struct Misplaced {
    /// Its name.
    pub(super) variable: String,
    /// The type of the place.
    pub(super) wanted: String,
    /// Where.
    pub(super) span: Option<SourceSpan>,
}

/// The first one.
pub(super) fn misplaced(document: &ExecutableDocument, schema: &Schema) -> Option<Misplaced> {
    document.operations.iter().find_map(|operation| {
        // Most documents have no variable at all.
        if operation.variables.is_empty() {
            return None;
        }
        let mut look = Look { document, schema, operation, seen: HashSet::new() };
        look.directives(&operation.directives).or_else(|| look.set(&operation.selection_set))
    })
}

struct Look<'d> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    operation: &'d Operation,
    /// Fragments looked at.
    seen: HashSet<&'d str>,
}

impl<'d> Look<'d> {
    fn set(&mut self, set: &'d SelectionSet) -> Option<Misplaced> {
        set.selections.iter().find_map(|selection| match selection {
            Selection::Field(field) => self
                .arguments(&field.arguments, &field.definition.arguments)
                .or_else(|| self.directives(&field.directives))
                .or_else(|| self.set(&field.selection_set)),
            Selection::InlineFragment(inline) => {
                self.directives(&inline.directives).or_else(|| self.set(&inline.selection_set))
            }
            Selection::FragmentSpread(spread) => {
                let found = self.directives(&spread.directives);
                if found.is_some() || !self.seen.insert(spread.fragment_name.as_str()) {
                    return found;
                }
                let fragment = spread.fragment_def(self.document)?;
                self.directives(&fragment.directives).or_else(|| self.set(&fragment.selection_set))
            }
        })
    }

    fn directives(&self, directives: &DirectiveList) -> Option<Misplaced> {
        directives.0.iter().find_map(|directive| {
            let known = self.schema.directive_definitions.get(&directive.name)?;
            self.arguments(&directive.arguments, &known.arguments)
        })
    }

    fn arguments(
        &self,
        given: &[Node<Argument>],
        known: &[Node<InputValueDefinition>],
    ) -> Option<Misplaced> {
        given.iter().find_map(|argument| {
            let place = known.iter().find(|place| place.name == argument.name)?;
            self.value(&argument.value, &place.ty, place.default_value.is_some())
        })
    }

    fn value(&self, value: &Node<Value>, wanted: &Type, default: bool) -> Option<Misplaced> {
        match &**value {
            Value::Variable(name) => {
                let declared = self.operation.variables.iter().find(|one| one.name == *name)?;
                let filled = declared.default_value.as_ref().is_some_and(|value| !value.is_null());
                let spared = wanted.is_non_null() && (filled || default);
                let place = if spared { wanted.clone().nullable() } else { wanted.clone() };
                (!fits(&declared.ty, &place)).then(|| Misplaced {
                    variable: name.to_string(),
                    wanted: wanted.to_string(),
                    span: value.location(),
                })
            }
            Value::List(items) => {
                items.iter().find_map(|item| self.value(item, wanted.item_type(), false))
            }
            Value::Object(members) => {
                let known = self.schema.get_input_object(wanted.inner_named_type())?;
                members.iter().find_map(|(name, value)| {
                    let field = known.fields.get(name)?;
                    self.value(value, &field.ty, field.default_value.is_some())
                })
            }
            _ => None,
        }
    }
}
