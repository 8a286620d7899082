//! The fields that a selection asks for, its fragments spread.

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

/// Visits them in the order of the document. With each goes the type that the innermost fragment around it, if any, is
/// on. Only for documents that were found valid: fragments that go in circles would have no end.
pub(crate) fn each_field<'d>(
    set: &'d SelectionSet,
    on: Option<&'d Name>,
    document: &'d ExecutableDocument,
    visit: &mut impl FnMut(Option<&'d Name>, &'d Field),
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => visit(on, &field.node),
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let on = condition.map(|condition| &condition.node.on.node).or(on);
                each_field(&inline.node.selection_set.node, on, document, visit);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    let on = Some(&fragment.node.type_condition.node.on.node);
                    each_field(&fragment.node.selection_set.node, on, document, visit);
                }
            }
        }
    }
}
